package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/sim/sweep"
)

// confirm plays the most interesting sets of a sweep in the kernel world.
func (a *app) confirm(ctx context.Context, name string, r *sweep.Result, most int) error {
	sets := r.Interesting(most)
	if most > 0 && len(sets) == 0 {
		r.Notes = append(r.Notes, "nothing to confirm: no set of failures takes anything but its own ends away")
	}
	for i, set := range sets {
		fmt.Fprintf(a.Stderr, "plays set %d of %d in the kernel world\n", i+1, len(sets))
		p, err := swept(name, scenarios.Options{}, sweep.Faults(r.Plant, set)...)
		if err != nil {
			return err
		}
		c, err := a.measured(ctx, p.Scenario)
		if err != nil {
			return err
		}
		c.Fates = set
		r.Confirmed = append(r.Confirmed, c)
	}
	return nil
}

// measured plays a scenario in the kernel world and holds it against its prediction.
func (a *app) measured(ctx context.Context, sc *sim.Scenario) (sweep.Confirmation, error) {
	var c sweep.Confirmation
	log, err := a.playKernel(ctx, sc, &playFlags{world: "kernel"}, func(sim.Event) {})
	if err != nil {
		return c, err
	}
	r := report.Read(log)
	if r.Finding == report.Interrupted {
		return c, context.Canceled
	}
	if c.Doubt, c.Disagreements = doubts(log, r); !c.Agrees() {
		return c, nil
	}
	predicted, err := prediction.Predict(sc, model.Replay)
	if err != nil {
		return c, err
	}
	for _, d := range prediction.Compare(log, predicted...) {
		c.Disagreements = append(c.Disagreements, d.String())
	}
	h := sim.HistoryOf(log)
	for _, u := range sc.Uses {
		c.Outages += len(h.Outages(u.ID))
	}
	return c, nil
}

// doubts are why a run proves nothing, and where it already went on differently from what the model says. A verdict that is
// left open, for the measurement is not fine enough, is neither: it is not what is compared.
func doubts(log *sim.Log, r *report.Report) (doubt string, disagreements []string) {
	for _, e := range log.Events() {
		if _, other := e.Data.(sim.DisagreeData); other {
			disagreements = append(disagreements, sim.DoubtOf(e))
		}
	}
	for _, d := range r.Doubts {
		if !slices.Contains(disagreements, d) {
			return d, nil
		}
	}
	return "", disagreements
}

// confirmed is what the confirmations of a sweep come to.
func confirmed(r *sweep.Result) error {
	code := exitAsAsked
	for _, c := range r.Confirmed {
		switch {
		case c.Agrees():
		case c.Doubt != "" && code == exitAsAsked:
			code = exitInconclusive
		case c.Doubt == "":
			code = exitNotAsAsked
		}
	}
	if code == exitAsAsked {
		return nil
	}
	return found{code, "not confirmed"}
}
