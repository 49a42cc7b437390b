package check

import "github.com/dcdrill/dcdrill/sim"

func init() {
	sim.Checks.Register("unreachable", "no member of a workload is served at a moment",
		func() sim.Check { return new(Unreachable) })
}

// Unreachable is the opposite of Reachable: not one member is served.
type Unreachable struct {
	Moment
}

// Judge looks.
func (c *Unreachable) Judge(log *sim.Log) sim.Judgement { return c.Moment.judge(log, false) }
