package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/kernel/capsule"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine has for the kernel world: native, emulated or missing",
		Long: `Say what this machine has for the kernel world, and its capsule. Native is the kernel's own; emulated is ours, under the same tests;
missing is neither, with what helps. The exit code is 3 where there can be no kernel world at all; the model world
works everywhere.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			all, err := examined("kernel world", box.Options{})
			found, missing := capsule.Find()
			inside := []sim.Capability{lacking("a kernel of its own", missing)}
			if missing == nil {
				inside, _ = examined("a kernel of its own", box.Options{Capsule: found.Path}) // it tells of its own error
			}
			t := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
			for _, c := range append(all, sim.Capability{Name: "model world", Status: sim.Native, Why: "works everywhere"}) {
				fmt.Fprintf(t, "%s\t%s\t%s\n", c.Status, c.Name, c.Why)
			}
			for _, c := range inside {
				fmt.Fprintf(t, "%s\tcapsule: %s\t%s\n", c.Status, c.Name, c.Why)
			}
			return errors.Join(t.Flush(), err)
		},
	}
}

// examined tries out what a world has; where there can be none, the list and the error say so.
func examined(world string, o box.Options) ([]sim.Capability, error) {
	o.Args = []string{"inside"}
	all, err := kernel.Capabilities(o)
	if err != nil {
		return []sim.Capability{lacking(world, err)}, err
	}
	return all, nil
}

// lacking says that a world is missing, and what helps.
func lacking(world string, err error) sim.Capability {
	c := sim.Capability{Name: world, Status: sim.Missing}
	var unavailable *box.Unavailable
	switch {
	case errors.As(err, &unavailable):
		c.Why = unavailable.What + ": " + unavailable.Remedy
	case err != nil:
		c.Why = err.Error()
	}
	return c
}
