package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim/kernel"
)

func (a *app) captureCommand() *cobra.Command {
	var run, file string
	c := &cobra.Command{
		Use:   "capture LINK",
		Short: "Capture both ends of a link of a plant that stands into a pcapng file, until Ctrl-C",
		Long: `Capture both ends of a link of a plant that stands into a pcapng file, until Ctrl-C. Each end is an interface of the
file: a frame that got through is there twice, one that was lost on the way once.`,
		Example: `  dcdrill capture stor-a -o stor-a.pcapng
  dcdrill capture core1:Ethernet1/31 -o - | tshark -r -`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			via, err := control(run)
			if err != nil {
				return err
			}
			out, said := a.Stdout, func() {}
			if file != "-" {
				f, err := os.Create(file)
				if err != nil {
					return usage("write capture: %w", err)
				}
				defer f.Close()
				out, said = f, func() { fmt.Fprintf(a.Stderr, "capturing %s into %s until Ctrl-C\n", args[0], file) }
			}
			return kernel.Capture{Link: args[0]}.Run(c.Context(), via, out, said)
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "capture.pcapng", "`FILE` to write, - for standard output")
	addRun(c, &run)
	return c
}
