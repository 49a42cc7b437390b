package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
)

func (a *app) reportCommand() *cobra.Command {
	var formats []string
	var verbose bool
	c := &cobra.Command{
		Use:   "report LOG",
		Short: "Report a run once more from its log, in any format",
		Long: `Report a run once more from its log, in any format. LOG is a log.jsonl, or - for standard input. The exit
code is that of the run.`,
		Example: `  dcdrill report out/log.jsonl --format junit=junit.xml`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			log, err := a.readLog(args[0])
			if err != nil {
				return err
			}
			r := report.Read(log)
			if err := a.write(r, &playFlags{reports: formats, verbose: verbose}); err != nil {
				return err
			}
			return outcome(r)
		},
	}
	c.Flags().StringArrayVar(&formats, "format", nil, "`FORMAT[=FILE]`, text by default: "+strings.Join(report.Formats.Names(), ", ")+"; may be given again")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "tell everything that happened")
	_ = c.RegisterFlagCompletionFunc("format", fixed(report.Formats.Names()...))
	return c
}

// readLog reads a log file. A last line cut short is said and passed over.
func (a *app) readLog(name string) (*sim.Log, error) {
	var in io.Reader = a.Stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, usage("read log: %w", err)
		}
		defer file.Close()
		in = file
	}
	log, cut, err := sim.ReadLog(in)
	if err != nil {
		return nil, &hinted{usage("read log %s: %w", name, err), "a log is the log.jsonl in the folder that --out names"}
	}
	if cut {
		fmt.Fprintln(a.Stderr, "the log's last line is cut short: it is passed over")
	}
	return log, nil
}
