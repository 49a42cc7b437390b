package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
)

func (a *app) upCommand() *cobra.Command {
	var f playFlags
	c := &cobra.Command{
		Use:   "up TOPOLOGY",
		Short: "Build a plant and keep it standing until Ctrl-C",
		Long: `Build a plant and keep it standing until Ctrl-C, its workloads talking. Meanwhile, in another terminal, look
around in it (exec, shell, capture), break it and mend it (inject, heal). Nothing of it is left afterwards.`,
		Example: `  dcdrill up two-core
  dcdrill up mine.yaml --out night-shift       # keeps the log`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(scenarios.Topologies),
		RunE: func(c *cobra.Command, args []string) error {
			sc, err := scenarios.Try(args[0], nil, f.options())
			if err != nil {
				return err
			}
			sc.Name = sc.Plant.Name
			f.world, f.stay, f.verbose = "kernel", true, true // whoever breaks it elsewhere looks here for what it did
			f.standing = func(name string) string {
				return fmt.Sprintf(`%s stands. In another terminal:
  dcdrill exec NODE -- COMMAND    dcdrill inject FAULT    dcdrill capture LINK
  dcdrill shell NODE              dcdrill heal [ID]
where several stand, with --run %s. Ctrl-C takes it down.`, name, name)
			}
			_, err = a.played(c.Context(), sc, &f)
			if err == nil {
				err = c.Context().Err() // that is how it ends
			}
			return err
		},
	}
	c.Flags().StringVarP(&f.out, "out", "o", "", "folder for log.jsonl")
	c.Flags().BoolVar(&f.realTime, "real-time", false, "never let the scenario's clock jump")
	return c
}
