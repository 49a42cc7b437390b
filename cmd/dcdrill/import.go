package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/foreign"
)

func (a *app) importCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import clab FILE | import cables FILE",
		Short: "Make a topology of a containerlab file or of a list of cables",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			err := usage("import wants clab FILE | cables FILE, this is %s", args[0])
			switch filepath.Ext(args[0]) {
			case ".yml", ".yaml":
				return &hinted{err, "dcdrill import clab " + args[0]}
			case ".csv", ".tsv":
				return &hinted{err, "dcdrill import cables " + args[0]}
			}
			return &hinted{err, "dcdrill import --help"}
		},
	}
	for _, sub := range []*cobra.Command{a.importClabCommand(), a.importCablesCommand()} {
		sub.Args = wanting(sub.Args)
		c.AddCommand(sub)
	}
	return c
}

func (a *app) importClabCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "clab FILE",
		Short: "Make a topology of a containerlab file",
		Long: `Make a topology of a containerlab file, to be gone on with by hand. What a containerlab file cannot say (subnets,
workloads) is filled in, and what has no meaning here is kept as comments. Variables are taken from the environment.

Files that end in .clab.yml need no import: every command takes them as they are.`,
		Example: `  dcdrill import clab dc.clab.yml -o dc.yaml`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return usage("read containerlab file: %w", err)
			}
			lab, err := foreign.Clab(args[0], data, os.LookupEnv)
			if err != nil {
				return err
			}
			if _, err := topology.FromNode(lab.Root); err != nil {
				return err
			}
			return a.imported(lab, file)
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "`FILE` to write instead of standard output")
	return c
}

func (a *app) importCablesCommand() *cobra.Command {
	var file string
	var o foreign.CableOptions
	c := &cobra.Command{
		Use:   "cables FILE",
		Short: "Make a topology of a list of cables in CSV",
		Long: `Make a topology of a list of cables in CSV, as a source of truth or a spreadsheet exports it: a header line, and a line
for each cable. The columns are device_a, port_a, device_b, port_b, and if they are there type (of the cable: its speed and
optic are read from it) and label. --column says which column of yours is which.

What a device is is told by --kind, or guessed: what is wired to most others is a switch, the others are hosts.`,
		Example: `  dcdrill import cables export.csv -o dc.yaml
  dcdrill import cables export.csv --column device_a='Device A' --column port_a='Termination A' --kind 'host=srv*'`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return usage("read cables: %w", err)
			}
			list, err := foreign.Cables(args[0], data, o)
			if err != nil {
				return err
			}
			if _, err := topology.FromNode(list.Root); err != nil {
				return err
			}
			return a.imported(list, file)
		},
	}
	c.Flags().StringToStringVar(&o.Columns, "column", nil, "`OURS=YOURS`: which column of the file is which; may be given again")
	c.Flags().StringToStringVar(&o.Kinds, "kind", nil, "`KIND=NAMES`: devices of these names (* stands for anything) are switch, router, host, storage or external; may be given again")
	c.Flags().StringVarP(&file, "output", "o", "", "`FILE` to write instead of standard output")
	return c
}

// imported writes what was imported.
func (a *app) imported(text fmt.Stringer, file string) error {
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, editors("topology")+text.String())
		return err
	}
	if file == "" {
		return write(a.Stdout)
	}
	return writeFile(file, write)
}
