package recovery

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Stock is the shelf and the tools of a plan for people who are not of its teams: the table of a drill. It knows no dice:
// deliveries and work take their median, and no part is dead on arrival.
type Stock struct {
	plan *Plan
	sc   *sim.Scenario
	left map[string]int // by model
}

// StockOf is that of a scenario; nil where it has no people, parts or times.
func StockOf(sc *sim.Scenario) *Stock {
	plan, ok := sc.Recovery.(*Plan)
	if !ok {
		return nil
	}
	s := &Stock{plan: plan, sc: sc, left: map[string]int{}}
	for _, p := range plan.Parts {
		s.left[p.Key] = p.Value.Spares
	}
	return s
}

// Take is how long it takes until a part of a model is in hand that is asked for now: one that lies on the shelf, or one
// that is ordered. False: there is none and will be none.
func (s *Stock) Take(model string, now time.Duration) (wait time.Duration, ok bool) {
	part := s.plan.Parts.Lookup(model)
	switch {
	case s.left[model] > 0:
		s.left[model]--
		return 0, true
	case part == nil || part.Lead == nil:
		return 0, false
	}
	return part.taken(s.sc.Start, now) - now + part.Lead.Median, true
}

// Restart is how long one person takes to restart one machine by hand without a tool that is not there, and the first such
// tool; empty where all are there. Zero: it cannot be done without.
func (s *Stock) Restart(there func(workload string) bool) (missing string, takes time.Duration) {
	w := s.plan.Times.Cycle
	for _, a := range w.Access {
		workload := a
		if a == outOfBand {
			workload = s.plan.OutOfBand.Text
		}
		if a == onSite || workload == "" || there(workload) {
			continue
		}
		if w.Without != nil {
			takes = w.Without.Median
		}
		return workload, takes
	}
	return "", 0
}
