package main

import (
	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
)

func (a *app) tryCommand() *cobra.Command {
	var f playFlags
	c := &cobra.Command{
		Use:   "try TOPOLOGY FAULT...",
		Short: "Break a plant in one line and see what survives",
		Long: `Break a plant in one line and see what survives. A fault is its kind and its target; dcdrill list faults
names the kinds. Several faults happen at the same time, or each at its own.`,
		Example: `  dcdrill try two-core 'reboot: core'
  dcdrill try mine.yaml 'optic-dead: [stor-a, stor-b]'
  dcdrill try mine.yaml 'reboot: {target: core, offset: 8m}' '{at: 2m, link-down: uplink, for: 30s}'`,
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: thenFaults,
		RunE: func(c *cobra.Command, args []string) error {
			sc, err := scenarios.Try(args[0], args[1:], f.options())
			if err != nil {
				return err
			}
			return a.play(c.Context(), sc, &f)
		},
	}
	f.add(c)
	return c
}
