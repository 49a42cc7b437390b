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
		Long: `Play a scenario, a file or a built-in one, and give two answers that are never mixed: what survived, by what each
workload's users tolerate, and whether all was as the scenario expects. Below them is what was gone, for how long and
through whose doing, and then what happened. dcdrill list scenarios and dcdrill list reports name what is built in.

A scenario that expects something ends with exit code 1 when it was otherwise; one that does not asks a question, and
ends with 1 when a workload does not survive. 4 is for runs of which nothing can be said, with the reason.`,
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
	c.Flags().StringVar(&f.variant, "variant", "", "play this `VARIANT` of the scenario")
	c.Flags().StringVar(&f.topology, "topology", "", "play on this `PLANT`, a file or a built-in one, instead of the scenario's")
	_ = c.RegisterFlagCompletionFunc("variant", ofArgument(scenarios.Variants))
	_ = c.RegisterFlagCompletionFunc("topology", fixedOrFiles(scenarios.Topologies))
	many.add(c)
	return c
}
