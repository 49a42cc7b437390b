package main

import (
	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim/kernel"
)

func (a *app) shellCommand() *cobra.Command {
	var run string
	c := &cobra.Command{
		Use:   "shell NODE",
		Short: "Open a shell in a node of a plant that stands",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.exec(c.Context(), run, kernel.Command{Node: args[0]})
		},
	}
	addRun(c, &run)
	return c
}
