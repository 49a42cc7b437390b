package main

import "github.com/spf13/cobra"

func (a *app) healCommand() *cobra.Command {
	var run string
	c := &cobra.Command{
		Use:   "heal [ID]",
		Short: "End a fault now in a plant that stands, or all that are going on",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			id := ""
			if len(args) == 1 {
				id = args[0]
			}
			return a.steer(run, healVerb, id, "healed %s\n", "nothing to heal\n")
		},
	}
	addRun(c, &run)
	return c
}
