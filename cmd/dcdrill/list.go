package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/gate"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

// shelf is one sort of thing that can be listed: names and a line about each.
type shelf struct {
	name string
	list func() [][2]string
}

var shelves = []shelf{
	{"faults", func() [][2]string { return kinds(sim.Faults) }},
	{"workloads", func() [][2]string { return kinds(sim.Workloads) }},
	{"checks", func() [][2]string { return kinds(sim.Checks) }},
	{"scenarios", func() [][2]string { return told(scenarios.Names(), scenarios.Story) }},
	{"drills", func() [][2]string { return told(scenarios.Drills(), scenarios.Story) }},
	{"topologies", shapes},
	{"reports", func() [][2]string { return kinds(report.Formats) }},
	{"formats", func() [][2]string { return kinds(finding.Formats) }},
	{"rules", func() [][2]string { return kinds(gate.Rules) }},
}

func (a *app) listCommand() *cobra.Command {
	words := make([]string, len(shelves))
	for i, s := range shelves {
		words[i] = s.name
	}
	return &cobra.Command{
		Use:   "list [" + strings.Join(words, "|") + "]",
		Short: "List what is built in: faults, workloads, checks, scenarios, drills, topologies, reports, formats of findings, rules",
		Long: `List what is built in: faults, workloads, checks, scenarios, drills, topologies, reports, formats of findings, rules. What
a fault, a workload or a check can be told is said by dcdrill explain, and a scenario or topology is printed by dcdrill
show.`,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: words,
		RunE: func(_ *cobra.Command, args []string) error {
			for i, s := range shelves {
				if len(args) == 1 && args[0] != s.name {
					continue
				}
				if len(args) == 0 {
					fmt.Fprintf(a.Stdout, "%s%s\n", strings.Repeat("\n", min(i, 1)), s.name)
				}
				if err := a.writeColumns(s.list()); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func kinds[T any](r *sim.Registry[T]) [][2]string {
	var rows [][2]string
	for _, k := range r.Kinds() {
		rows = append(rows, [2]string{k.Name, k.Doc})
	}
	return rows
}

func told(names []string, tell func(string) string) [][2]string {
	var rows [][2]string
	for _, n := range names {
		rows = append(rows, [2]string{n, tell(n)})
	}
	return rows
}

// writeColumns writes names and what is to be said of them; on a terminal the second column stays one.
func (a *app) writeColumns(rows [][2]string) error {
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(t, "  %s\t%s\n", r[0], r[1])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return a.writeFolded(text.String())
}

func shapes() [][2]string {
	var rows [][2]string
	for _, s := range topology.Shapes() {
		rows = append(rows, [2]string{s.Name, s.Doc})
	}
	return rows
}
