package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine has for the kernel world: native, emulated or missing",
		Long: `Say what this machine has for the kernel world. Native is the kernel's own; emulated is ours, under the same tests;
missing is neither, with what helps. The exit code is 3 where there can be no kernel world at all; the model world
works everywhere.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			all, err := kernel.Capabilities("inside")
			var unavailable *kernel.Unavailable
			if errors.As(err, &unavailable) {
				all = []sim.Capability{{Name: "kernel world", Status: sim.Missing, Why: unavailable.What}}
			} else if err != nil {
				return err
			}
			t := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
			for _, c := range append(all, sim.Capability{Name: "model world", Status: sim.Native, Why: "works everywhere"}) {
				fmt.Fprintf(t, "%s\t%s\t%s\n", c.Status, c.Name, c.Why)
			}
			return errors.Join(t.Flush(), err)
		},
	}
}
