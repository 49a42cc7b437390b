package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// finish ends the talk, explains, judges and closes the log.
func (r *Run) finish(ctx context.Context, reason string, err error) error {
	r.real.start("settle")
	interrupted := errors.Is(err, context.Canceled) && ctx.Err() != nil
	if interrupted {
		err = nil
	}
	if r.rest != nil && reason == "played" && err == nil {
		r.rest()
	}
	err = errors.Join(err, r.world.Stop())
	if err == nil && !interrupted && (reason == "played" || reason == "horizon") {
		r.unproven()
		err = r.explain()
	}
	switch {
	case interrupted:
		reason = "interrupted"
	case err != nil:
		reason = "failed: " + err.Error()
	}
	// The verdicts come after the end: checks read from it how much there was to see.
	r.env.Log.Add(0, "", EndData{Reason: reason, Real: r.realSpent()})
	judge(r.env.Log, r.sc)
	return err
}

func (r *Run) explain() error {
	if r.opts.Explain == nil || r.steered {
		return nil // the model does not know what was done from outside
	}
	return r.opts.Explain(r.env.Log)
}

// unproven complains of every fault that no proof goes back to. In a variant a fault may have nothing to do: that what it
// waits for does not come may be the very point of the variant.
func (r *Run) unproven() {
	proven := map[int]bool{}
	for _, e := range r.env.Log.Events() {
		if _, ok := e.Data.(ProofData); ok {
			proven[r.env.Log.Fault(e.Cause).Seq] = true
		}
	}
	for _, e := range r.sc.Timeline {
		switch seq := r.begun[e.ID]; {
		case seq == 0 && r.sc.Variant != "" && e.When != nil:
			r.env.Log.Add(0, e.ID, IdleData{Why: "it never began: what it waits for did not come"})
		case seq == 0:
			r.env.Log.Add(0, e.ID, UnprovenData{Missing: "it never began"})
		case !proven[seq] && r.sc.Variant != "" && r.latent(seq) != "":
			r.env.Log.Add(seq, e.ID, IdleData{Why: r.latent(seq)})
		case !proven[seq]:
			r.env.Log.Add(seq, e.ID, UnprovenData{Missing: cmp.Or(r.latent(seq), "no effect of it was seen")})
		}
	}
}

// latent says of a fault that never showed what it would have taken; empty for one that is not of that kind.
func (r *Run) latent(seq int) string {
	for _, e := range r.env.Log.Events() {
		if d, ok := e.Data.(OpticData); ok && d.State == "latent" && e.Cause == seq {
			return fmt.Sprintf("%s shows it when a node at either end of its link next loses power, and none did: reboot one too", e.Subject)
		}
	}
	return ""
}

// judge adds the verdicts. They change nothing that the members saw: what that was is read once for all checks.
func judge(log *Log, sc *Scenario) {
	log.history = HistoryOf(log)
	defer func() { log.history = nil }()
	addVerdicts(log, "survive", sc.MustSurvive)
	addVerdicts(log, "expect", sc.Expect)
}

func addVerdicts(log *Log, part string, checks []*NamedCheck) {
	for _, c := range checks {
		j := c.Check.Judge(log)
		log.Add(0, c.ID, VerdictData{Part: part, Workload: c.Workload, Outcome: j.Outcome, Want: j.Want, Got: j.Got, Evidence: j.Evidence})
	}
}
