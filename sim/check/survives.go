package check

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	sim.Checks.Register("survives", "a workload has no outage longer than it tolerates, or than told",
		func() sim.Check { return new(Survives) })
}

// Survives is the question of every drill: does a workload live through it? Without conditions of its own the longest
// outage must be within what the workload tolerates, and what it loses, if its users mind that.
type Survives struct {
	Workload string `yaml:"workload,scalar,required" doc:"the workload that must survive"`
	Conditions
}

// Resolve looks for the workload and for the cause, if one is named.
func (c *Survives) Resolve(sc *sim.Scenario) error { return resolve(sc, c.Workload, c.CausedBy) }

// Judge compares.
func (c *Survives) Judge(log *sim.Log) sim.Judgement {
	conditions := c.Conditions
	if !conditions.asked() {
		for _, u := range log.Header().Uses {
			if u.ID == c.Workload {
				conditions.Outage = Time{atMost(time.Duration(u.Tolerates))}
				if u.ToleratesLoss != nil {
					conditions.Loss = Share{atMostShare(*u.ToleratesLoss)}
				}
			}
		}
	}
	return conditions.judge(log, c.Workload)
}
