package sim

import (
	"context"
	"errors"
)

// finish ends the talk, explains, judges and closes the log.
func (r *Run) finish(ctx context.Context, reason string, err error) error {
	r.real.start("settle")
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		reason, err = "interrupted", nil
	} else if err != nil {
		reason = "failed: " + err.Error()
	}
	stopErr := r.world.Stop()
	if reason == "played" || reason == "horizon" {
		r.unproven()
		if r.opts.Explain != nil {
			err = errors.Join(err, r.opts.Explain(r.env.Log))
		}
	}
	// The verdicts come after the end: checks read from it how much there was to see.
	r.env.Log.Add(0, "", EndData{Reason: reason, Real: r.realSpent()})
	judge(r.env.Log, r.sc)
	return errors.Join(err, stopErr)
}

// unproven complains of every fault that no proof goes back to.
func (r *Run) unproven() {
	proven := map[int]bool{}
	for _, e := range r.env.Log.Events() {
		if _, ok := e.Data.(ProofData); ok {
			proven[r.env.Log.Fault(e.Cause).Seq] = true
		}
	}
	for _, e := range r.sc.Timeline {
		switch seq := r.begun[e.ID]; {
		case seq == 0:
			r.env.Log.Add(0, e.ID, UnprovenData{Missing: "it never began"})
		case !proven[seq]:
			r.env.Log.Add(seq, e.ID, UnprovenData{Missing: "no effect of it was seen"})
		}
	}
}

func judge(log *Log, sc *Scenario) {
	addVerdicts(log, "survive", sc.MustSurvive)
	addVerdicts(log, "expect", sc.Expect)
}

func addVerdicts(log *Log, part string, checks []*NamedCheck) {
	for _, c := range checks {
		j := c.Check.Judge(log)
		log.Add(0, c.ID, VerdictData{Part: part, Workload: c.Workload, Outcome: j.Outcome, Want: j.Want, Got: j.Got, Evidence: j.Evidence})
	}
}
