package check

import (
	"errors"
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	sim.Checks.Register("skew", "how near to one instant the nodes of a group fault stopped together",
		func() sim.Check { return new(Skew) })
}

// Skew asks how simultaneous a fault of several nodes was.
type Skew struct {
	Entry      string `yaml:"entry,required" doc:"the timeline entry"`
	Forwarding Time   `yaml:"forwarding" doc:"the spread of the moments when the members' ports stopped passing frames"`
	Carrier    Time   `yaml:"carrier" doc:"the spread of the moments when their carriers went"`
}

// Resolve looks for the entry and a limit.
func (c *Skew) Resolve(sc *sim.Scenario) error {
	if !c.Forwarding.asked() && !c.Carrier.asked() {
		return errors.New(`asks for nothing: give a limit, such as forwarding: "< 1ms"`)
	}
	return resolveEntry(sc, c.Entry)
}

// Judge looks at the entry's group effects, and tells of the worst.
func (c *Skew) Judge(log *sim.Log) sim.Judgement {
	j := sim.Judgement{Outcome: sim.Passed, Want: c.want()}
	for _, e := range log.Events() {
		d, ok := e.Data.(sim.SkewData)
		if !ok || log.Fault(e.Cause).Subject != c.Entry {
			continue
		}
		join(&j, c.judge(d, e.Seq))
	}
	if j.Got == "" {
		j.Outcome, j.Got = sim.Inconclusive, "the log measures no skew of "+c.Entry
	}
	return j
}

func (c *Skew) want() string {
	var want string
	if c.Forwarding.asked() {
		want = "forwarding skew " + c.Forwarding.text
	}
	if c.Forwarding.asked() && c.Carrier.asked() {
		want += ", "
	}
	if c.Carrier.asked() {
		want += "carrier skew " + c.Carrier.text
	}
	return want
}

func (c *Skew) judge(d sim.SkewData, seq int) sim.Judgement {
	j := sim.Judgement{Outcome: sim.Passed, Evidence: []int{seq}}
	hold := func(l Time, what string, v sim.Seconds) {
		if !l.asked() {
			return
		}
		outcome := l.judge(about(float64(v), float64(d.Resolution)))
		join(&j, sim.Judgement{Outcome: outcome, Got: fmt.Sprintf("%s %s over %d nodes", what, time.Duration(v), d.Members)})
	}
	hold(c.Forwarding, "forwarding", d.Forwarding)
	hold(c.Carrier, "carrier", d.Carrier)
	return j
}
