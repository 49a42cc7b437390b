package main

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/report"
)

// manyFlags ask for many runs of one scenario, put side by side in a table.
type manyFlags struct {
	variants    bool
	sensitivity bool
	seeds       int
}

func (m *manyFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.BoolVar(&m.variants, "variants", false, "play the scenario and all its variants, in the model unless --world says otherwise, and print one table")
	flags.BoolVar(&m.sensitivity, "sensitivity", false, "play it in the model with everything turned that its author was not sure of")
	flags.IntVar(&m.seeds, "seeds", 0, "play it in the model with `N` seeds, and print how far its milestones spread")
}

func (m *manyFlags) asked() bool { return m.variants || m.sensitivity || m.seeds != 0 }

// mostSeeds bounds a spread: ten minutes.
const mostSeeds = 10_000

// check finds flags that do not go together.
func (m *manyFlags) check(f *playFlags) error {
	switch {
	case m.seeds < 0 || m.seeds > mostSeeds:
		return usage("--seeds is %d: it can be 1 to %d", m.seeds, mostSeeds)
	case m.variants && m.sensitivity || m.seeds > 0 && (m.variants || m.sensitivity):
		return usage("--variants, --sensitivity and --seeds are three tables: choose one")
	case m.variants && f.variant != "":
		return usage("--variants plays all of them: leave out --variant")
	case !m.variants && f.world == "kernel":
		return usage("--sensitivity and --seeds play in the model: the kernel world would take hours")
	case f.out != "" || len(f.captures) > 0:
		return usage("--out and --capture are for one run: choose a --variant")
	}
	return nil
}

// playMany plays a scenario many times. It answers no question by itself, so that its exit code is 0.
func (a *app) playMany(ctx context.Context, name string, f *playFlags, m *manyFlags) error {
	switch err := m.check(f); {
	case err != nil:
		return err
	case m.variants:
		return a.variants(ctx, name, f)
	case m.sensitivity:
		return a.sensitivity(ctx, name, f)
	}
	return a.spread(ctx, name, f, m.seeds)
}

// variants plays a scenario and all its variants.
func (a *app) variants(ctx context.Context, name string, f *playFlags) error {
	all, err := scenarios.Variants(name)
	if err != nil {
		return err
	}
	var rows []report.Row
	for _, v := range slices.Concat([]string{""}, all) {
		options := f.options()
		options.Variant = v
		log, err := a.playNamed(ctx, name, options, f)
		if err != nil {
			return err
		}
		rows = append(rows, report.ReadRow(v, log))
	}
	report.Save(rows)
	return a.writeRows(f, fmt.Sprintf("%s and its variants, %s world", name, worldOf(f)), rows)
}

// writeRows writes the table of variants in every format that was asked for.
func (a *app) writeRows(f *playFlags, title string, rows []report.Row) error {
	formats := map[string]func(io.Writer) error{
		"text": func(w io.Writer) error { return report.WriteRows(w, title, rows, a.style(f.verbose)) },
		"json": func(w io.Writer) error { return report.WriteRowsJSON(w, rows) },
		"html": func(w io.Writer) error { return report.WriteRowsHTML(w, title, rows) },
	}
	asked := f.reports
	if len(asked) == 0 {
		asked = []string{"text"}
	}
	for _, text := range asked {
		format, file, _ := strings.Cut(text, "=")
		write := formats[format]
		if write == nil {
			return usage("variants have no %s: they can be text, json or html", format)
		}
		if err := a.toFile(file, write); err != nil {
			return err
		}
	}
	return nil
}

// toFile writes to a file, or to standard output where there is none.
func (a *app) toFile(file string, write func(io.Writer) error) error {
	if file == "" {
		return write(a.Stdout)
	}
	return writeFile(file, write)
}

func worldOf(f *playFlags) string {
	if f.world == "kernel" {
		return "kernel"
	}
	return "model"
}

// playNamed loads a scenario and plays it.
func (a *app) playNamed(ctx context.Context, name string, o scenarios.Options, f *playFlags) (*sim.Log, error) {
	sc, err := scenarios.Load(name, o)
	if err != nil {
		return nil, err
	}
	return a.playQuietly(ctx, sc, f)
}

// playQuietly plays a scenario in the model, or for real where that was asked for.
func (a *app) playQuietly(ctx context.Context, sc *sim.Scenario, f *playFlags) (*sim.Log, error) {
	if worldOf(f) == "kernel" {
		return a.played(ctx, sc, f)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return model.Replay(sc, sim.MiddlePhase)
}

// sensitivity plays every combination of what the author was not sure of.
func (a *app) sensitivity(ctx context.Context, name string, f *playFlags) error {
	s, err := scenarios.SensitivityOf(name)
	if err != nil {
		return err
	}
	last := len(s.Knobs) - 1
	g := &report.Grid{Milestone: s.Milestone, Across: s.Knobs[last].Values}
	for _, k := range s.Knobs {
		g.Knobs = append(g.Knobs, k.Name)
	}
	for _, row := range combinations(s.Knobs[:last]) {
		var values, cells []string
		for _, set := range row {
			values = append(values, set.Value)
		}
		for _, v := range s.Knobs[last].Values {
			options := f.options()
			options.Set = append(slices.Clone(row), scenarios.Setting{Of: s.Knobs[last].Of, Value: v})
			log, err := a.playNamed(ctx, name, options, f)
			if err != nil {
				return err
			}
			cells = append(cells, report.At(log, s.Milestone))
		}
		g.Rows, g.Cells = append(g.Rows, values), append(g.Cells, cells)
	}
	return g.Write(a.Stdout, fmt.Sprintf("%s: when %s is reached", name, s.Milestone), a.style(f.verbose))
}

// combinations lists every choice of one value for each knob, the last turning fastest.
func combinations(knobs []scenarios.Knob) [][]scenarios.Setting {
	all := [][]scenarios.Setting{nil}
	for _, k := range knobs {
		var longer [][]scenarios.Setting
		for _, c := range all {
			for _, v := range k.Values {
				longer = append(longer, append(slices.Clone(c), scenarios.Setting{Of: k.Of, Value: v}))
			}
		}
		all = longer
	}
	return all
}

// litter lets the garbage of whole runs gather before it is collected (percent of what lives): that is cheaper than to look
// for it all through a run. Measured: a tenth to a fifth of the time of sconet-2023.
const litter = 400

// spread plays a scenario with many seeds, on all cores, and with its own. Nothing is judged: all that is asked is when
// milestones come.
func (a *app) spread(ctx context.Context, name string, f *playFlags, seeds int) error {
	sc, err := scenarios.Load(name, f.options())
	if err != nil {
		return err
	}
	sc.MustSurvive, sc.Expect = nil, nil
	debug.SetGCPercent(litter)
	reached := make([]report.Milestones, seeds)
	progress := a.howFar()
	err = sim.Each(ctx, seeds, func(i int) error {
		one := *sc
		one.Seed = f.seed + uint64(i) + 1
		log, err := model.Replay(&one, sim.MiddlePhase)
		if err == nil {
			reached[i] = report.ReadMilestones(log)
		}
		return err
	}, func(over int) { progress("seeds", over, seeds) })
	if err != nil {
		return err
	}
	own, err := model.Replay(sc, sim.MiddlePhase)
	if err != nil {
		return err
	}
	var s report.Spread
	s.Own(own)
	for _, m := range reached {
		s.Take(m)
	}
	return s.Write(a.Stdout, fmt.Sprintf("%s with %d seeds", name, seeds), a.style(f.verbose))
}
