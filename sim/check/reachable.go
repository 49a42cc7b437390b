package check

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	sim.Checks.Register("reachable", "all members of a workload are served at a moment",
		func() sim.Check { return new(Reachable) })
}

// Reachable looks at one moment. A moment that is nearer to the beginning or end of an outage than that is known makes
// it inconclusive.
type Reachable struct {
	Moment
}

// Judge looks.
func (c *Reachable) Judge(log *sim.Log) sim.Judgement { return c.Moment.judge(log, true) }

// Moment is when to look at which workload.
type Moment struct {
	Workload string        `yaml:"workload,required" doc:"the workload it speaks of"`
	At       time.Duration `yaml:"at,required" doc:"the moment, in scenario time"`
}

// Resolve looks for the workload.
func (c *Moment) Resolve(sc *sim.Scenario) error { return resolve(sc, c.Workload, "") }

// judge wants all members served, or none.
func (c *Moment) judge(log *sim.Log, want bool) sim.Judgement {
	h := sim.HistoryOf(log)
	members := h.Members(c.Workload)
	j := sim.Judgement{Outcome: sim.Passed, Want: fmt.Sprintf("%s at %s", served(want), c.At), Got: served(want)}
	if len(members) == 0 {
		return sim.Judgement{Outcome: sim.Inconclusive, Want: j.Want, Got: "the log has no workload " + c.Workload}
	}
	for _, m := range members {
		is, sure := h.ServedAt(m, c.At)
		j.Evidence = append(j.Evidence, around(h, m, c.At)...)
		switch {
		case !sure && j.Outcome == sim.Passed:
			j.Outcome, j.Got = sim.Inconclusive, m+" is not known at that moment"
		case sure && is != want && j.Outcome != sim.Failed:
			j.Outcome, j.Got = sim.Failed, m+" "+served(is)
		}
	}
	return j
}

func served(yes bool) string {
	if yes {
		return "served"
	}
	return "not served"
}

// around is the events of the outage that a moment falls into.
func around(h *sim.History, member string, at time.Duration) []int {
	for _, o := range h.OutagesOf(member) {
		if o.From <= at && (at <= o.To || o.Open) {
			return events(o)
		}
	}
	return nil
}
