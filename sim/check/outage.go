package check

import (
	"errors"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	sim.Checks.Register("outage", "how long, how often and by whose doing a workload is gone, and how well it is served otherwise",
		func() sim.Check { return new(Outage) })
}

// Outage holds what a workload's users went through against limits, from above or from below. Every member must be
// within all of them.
type Outage struct {
	Workload string `yaml:"workload,required" doc:"the workload it speaks of"`
	Conditions
}

// Resolve looks for the workload and the cause, and for something to hold.
func (c *Outage) Resolve(sc *sim.Scenario) error {
	if !c.asked() {
		return errors.New(`asks for nothing: give a limit, such as outage: "<= 30s"`)
	}
	return resolve(sc, c.Workload, c.CausedBy)
}

// Judge compares.
func (c *Outage) Judge(log *sim.Log) sim.Judgement { return c.judge(log, c.Workload) }
