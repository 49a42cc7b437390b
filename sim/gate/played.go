package gate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/sim/sweep"
)

// mostPlayed is how many single failures are played at most: some seconds' worth on plants of that size (chosen).
const mostPlayed = 500

// repaired is how long what fails stays so when it is played, nodes apart, which reboot: every timer has run out by then
// (chosen), and what comes of the return is seen too.
const repaired = time.Hour

// Recovery is how long a workload is gone at the longest when one element fails and comes back, though it has a path.
type Recovery struct {
	Use    *sim.Use
	After  sweep.Element
	Outage time.Duration
}

// played has every single failure played, where there are not too many: what is down although it is connected, and the
// worst recovery of each workload.
func (c *Case) played(ctx context.Context, x Candidate, o Options) (notes []string, err error) {
	n := 0
	for _, k := range c.Sweep.Elements {
		n += k
	}
	switch {
	case x.Trials.Replay == nil:
		return nil, nil
	case n > mostPlayed:
		return []string{fmt.Sprintf("%s are too many to be played: whether what has a path is served is for dcdrill sweep --behaviour to say",
			report.Plural(n, "single failure"))}, nil
	}
	r, err := sweep.Run(ctx, c.Plant, c.Uses, sweep.Options{Depth: 1, Trials: x.Trials, Progress: o.Progress})
	if errors.Is(err, sim.ErrUnsupported) {
		return []string{"single failures were not played, only paths were looked at: " + err.Error()}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("play single failures: %w", err)
	}
	c.Behaviour = r.Behaviour
	if x.Rates != nil {
		if err := r.Estimate(ctx, x.Rates); err != nil {
			return nil, fmt.Errorf("work out downtime: %w", err)
		}
		c.Availability = r.Availability
	}
	for _, id := range r.Behaviour.Unserved {
		notes = append(notes, id+" is not served although nothing has failed: it was not played")
	}
	return notes, c.recoveries(ctx, x.Trials)
}

// recoveries plays every element's loss and return, and keeps the worst for each workload.
func (c *Case) recoveries(ctx context.Context, t sweep.Trials) error {
	uses := slices.DeleteFunc(slices.Clone(c.Uses), func(u *sim.Use) bool { return slices.Contains(c.Behaviour.Unserved, u.ID) })
	worst := map[string]Recovery{}
	for _, f := range c.Sweep.Fates() {
		if err := ctx.Err(); err != nil {
			return err
		}
		sc, err := c.failing(f, t, uses)
		if err != nil {
			return err
		}
		logs, err := prediction.Predict(sc, t.Replay)
		if err != nil {
			return fmt.Errorf("play the loss of %s: %w", f, err)
		}
		var histories []*sim.History
		for _, log := range logs {
			histories = append(histories, sim.HistoryOf(log))
		}
		for _, u := range uses {
			if d := c.longest(u, f, histories); d > worst[u.ID].Outage {
				worst[u.ID] = Recovery{u, f.Elements[0], d}
			}
		}
	}
	for _, u := range uses {
		if r, some := worst[u.ID]; some {
			c.Recoveries = append(c.Recoveries, r)
		}
	}
	return nil
}

// failing is a scenario in which an element fails and comes back.
func (c *Case) failing(f *sweep.Fate, t sweep.Trials, uses []*sim.Use) (*sim.Scenario, error) {
	e := f.Elements[0]
	texts, lasts := e.Faults(c.Plant), repaired
	if e.Kind == sweep.Node {
		texts, lasts = []string{fmt.Sprintf("reboot: [%q]", e.ID)}, 0
	}
	sc := &sim.Scenario{Name: "check", Plant: c.Plant, Uses: uses}
	for i, text := range texts {
		entry, err := t.Fault(text)
		if err != nil {
			return nil, fmt.Errorf("play the loss of %s: %w", e, err)
		}
		entry.ID, entry.For = fmt.Sprintf("failure-%d", i+1), lasts
		sc.Timeline = append(sc.Timeline, entry)
	}
	return sc, nil
}

// longest is the longest outage in any of the histories of members that have a path all the same, and are not ends of it.
func (c *Case) longest(u *sim.Use, f *sweep.Fate, histories []*sim.History) time.Duration {
	var most time.Duration
	for _, m := range u.Members {
		if c.cutBy(m, f) {
			continue
		}
		for _, h := range histories {
			for _, o := range h.OutagesOf(m.Subject()) {
				if most = max(most, o.Length()); o.Open {
					most = math.MaxInt64
				}
			}
		}
	}
	return most
}

// cutBy says whether a failure alone leaves a member without a path.
func (c *Case) cutBy(m *sim.Member, f *sweep.Fate) bool {
	for _, w := range c.Sweep.Workloads {
		if w.Use != m.Workload {
			continue
		}
		for _, cut := range w.Cuts {
			if len(cut.Fates) == 1 && cut.Fates[0] == f && slices.Contains(cut.Members, m) {
				return true
			}
		}
	}
	return false
}
