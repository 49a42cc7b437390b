package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Checks.Register("milestone", "a milestone of the recovery is reached between two moments",
		func() sim.Check { return new(Milestone) })
}

// Milestone asks when the recovery got somewhere.
type Milestone struct {
	Name    string   `yaml:"milestone,scalar,required" doc:"detected, network-up, storage-up, all-booted, apps-tested or integrity-verified"`
	Between []string `yaml:"between" doc:"two moments: times since the beginning, or times of day; whenever by default"`

	from, to time.Duration
}

// Resolve looks for the milestone, for somebody who could reach it, and for the moments.
func (c *Milestone) Resolve(sc *sim.Scenario) error {
	if err := milestone(sc, c.Name); err != nil {
		return err
	}
	switch len(c.Between) {
	case 0:
		c.to = sim.Never
		return nil
	case 2:
	default:
		return errors.New("between wants two moments: [4h, 5h30m] or [\"17:00\", \"18:30\"]")
	}
	var errFrom, errTo error
	c.from, errFrom = sim.Moment(c.Between[0], sc.Start)
	c.to, errTo = sim.Moment(c.Between[1], sc.Start)
	if errFrom == nil && errTo == nil && c.from > c.to {
		return fmt.Errorf("between ends before it begins: %s is after %s", c.Between[0], c.Between[1])
	}
	return errors.Join(errFrom, errTo)
}

// milestone looks whether a milestone is one, and whether there are people who could reach it.
func milestone(sc *sim.Scenario, name string) error {
	if !slices.Contains(sim.Milestones(), name) {
		return topology.NewUnknown("milestone", name, sim.Milestones())
	}
	if sc.Recovery == nil {
		return fmt.Errorf("nobody reaches %s: the scenario has no teams", name)
	}
	return nil
}

// Judge compares.
func (c *Milestone) Judge(log *sim.Log) sim.Judgement {
	j := sim.Judgement{Want: c.Name}
	if len(c.Between) == 2 {
		j.Want += " between " + strings.Join(c.Between, " and ")
	}
	at, seq := reached(log, c.Name)
	if seq == 0 {
		j.Got = "not reached"
		return j
	}
	j.Got, j.Evidence = c.Name+" at "+moment(log, at), []int{seq}
	if c.from <= at && at <= c.to {
		j.Outcome = sim.Passed
	}
	return j
}

// reached is when a milestone was, and the event that says so; 0 when it was not.
func reached(log *sim.Log, name string) (at time.Duration, seq int) {
	for _, e := range log.Events() {
		if _, ok := e.Data.(sim.MilestoneData); ok && e.Subject == name {
			return e.At, e.Seq
		}
	}
	return 0, 0
}

// moment writes a moment as a time of day, where the log has a date.
func moment(log *sim.Log, at time.Duration) string {
	start, err := time.Parse(time.RFC3339, log.Header().Start)
	if err != nil {
		return round(at).String()
	}
	return start.Add(at).Format("15:04:05")
}
