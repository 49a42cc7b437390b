package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "validate FILE...",
		Short:   "Say everything that is wrong with scenario and topology files, each with its place",
		Example: `  dcdrill validate houston.yaml both-cores.yaml`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var all error
			for _, name := range args {
				what, err := scenarios.Validate(name)
				var later *scenarios.Later
				switch {
				case errors.As(err, &later):
					fmt.Fprintf(a.Stdout, "%s: %s, right but %s\n", name, what, later)
				case err != nil:
					all = errors.Join(all, err)
				default:
					fmt.Fprintf(a.Stdout, "%s: %s\n", name, what)
				}
			}
			return all
		},
	}
}
