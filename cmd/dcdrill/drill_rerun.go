package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/report"
)

func (a *app) rerunCommand() *cobra.Command {
	var f playFlags
	c := &cobra.Command{
		Use:   "rerun LOG",
		Short: "Play the incident of a drill again with the remedy of each finding on",
		Long: `Play the incident of a drill again, from its log alone: once as it was and once with the remedy of each
finding on, repaired by the scenario's own people. One table has how long each service was gone, people's
time, parts, and machines that lost what they had in memory.`,
		Example: `  dcdrill drill rerun one-optic-drill/log.jsonl
  dcdrill drill rerun log.jsonl --world kernel --report html=reruns.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			log, err := a.readLog(args[0])
			if err != nil {
				return err
			}
			return a.rerunAll(c.Context(), log, &f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.world, "world", "model", "model (predicted) or kernel (real packets)")
	flags.StringArrayVar(&f.reports, "report", nil, "`FORMAT[=FILE]` of the table: text, json or html; text by default")
	c.PreRunE = func(*cobra.Command, []string) error {
		if f.world != "model" && f.world != "kernel" {
			return usage("remedies are played in no world %q: it can be model or kernel", f.world)
		}
		return nil
	}
	return c
}

// rerunAll plays the remedies of all findings of a drill's log.
func (a *app) rerunAll(ctx context.Context, log *sim.Log, f *playFlags) error {
	remedies := drill.RemediesOf(log)
	if len(remedies) == 0 {
		return usage("no finding of %s has a remedy to play: a variant of the scenario, or a patch", log.Header().Scenario)
	}
	rows := []report.Row{}
	for _, r := range append([]drill.Remedy{{}}, remedies...) {
		sc, err := scenarios.Remedied(log.Header(), r.Patch)
		if err != nil {
			return fmt.Errorf("remedy %s: %w", r.Name, err)
		}
		played, err := a.playQuietly(ctx, sc, f)
		if err != nil {
			return err
		}
		rows = append(rows, report.ReadRow(r.Name, played))
	}
	report.Save(rows)
	return a.writeRows(f, fmt.Sprintf("%s and what its drill found, %s world", log.Header().Scenario, worldOf(f)), rows)
}
