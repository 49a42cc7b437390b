package main

import (
	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
)

func (a *app) runCommand() *cobra.Command {
	var f playFlags
	var l liveFlags
	var many manyFlags
	c := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Play a scenario and give the two answers: what survived, and was it as expected",
		Example: `  dcdrill run core-pair-reboot
  dcdrill run mine.yaml --variant two-spares --report text --report junit=junit.xml
  dcdrill run core-pair-reboot --live          # in a browser, while it goes on
  dcdrill run sconet-2023 --variants           # and what would have helped`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(scenarios.Names),
		RunE: func(c *cobra.Command, args []string) error {
			if err := l.check(); err != nil {
				return err
			}
			if many.asked() {
				return a.playMany(c.Context(), args[0], &f, &many)
			}
			sc, err := scenarios.Load(args[0], f.options())
			if err != nil {
				return err
			}
			if l.on {
				return a.playLive(c.Context(), sc, &f, l)
			}
			return a.play(c.Context(), sc, &f)
		},
	}
	f.add(c)
	l.add(c)
	c.Flags().StringVar(&f.variant, "variant", "", "play this variant of the scenario")
	c.Flags().StringVar(&f.topology, "topology", "", "play on this plant, a file or a built-in one, instead of the scenario's")
	many.add(c)
	return c
}
