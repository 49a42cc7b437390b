package recovery

import (
	"cmp"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

const (
	// defaultPoll is how often monitoring asks. Nagios checks a service every 5 minutes and a failing one every minute
	// (check_interval and retry_interval of its sample configuration); Prometheus scrapes every minute.
	defaultPoll = time.Minute
	// defaultBlind is how long it takes users to be heard while nobody is alarmed. Chosen: callers give up on themselves
	// first.
	defaultBlind = 15 * time.Minute
)

// Monitoring is where alarms come from. It is a workload like others: while it is not served nobody is alarmed.
type Monitoring struct {
	Workload yamlfile.Word `yaml:"workload,scalar" doc:"the workload that is the monitoring; without one it stands elsewhere and never goes blind"`
	Poll     time.Duration `yaml:"poll,positive" doc:"how often it asks; 1m by default"`
	Blind    time.Duration `yaml:"blind,positive" doc:"how long it takes until users are heard while it is blind; 15m by default"`
}

// raise begins the incident with the first thing that somebody could notice.
func (c *crew) raise(e sim.Event) {
	if c.alarm != 0 || !alarming(e) {
		return
	}
	c.alarm, c.since = e.Seq, c.now()
	m := c.plan.Monitoring
	if m.Workload.Text == "" {
		c.notice(e.Seq)
		return
	}
	c.loop.After(cmp.Or(m.Poll, defaultPoll), func() {
		if c.view.there(m.Workload.Text) {
			c.notice(e.Seq)
			return
		}
		c.loop.After(cmp.Or(m.Blind, defaultBlind), func() { c.notice(e.Seq) })
	})
}

// alarming says whether an event is one that sets off an alarm: somebody is not served, or a port lost its carrier.
func alarming(e sim.Event) bool {
	switch d := e.Data.(type) {
	case sim.DownData:
		return true
	case sim.CarrierData:
		return !d.Up
	}
	return false
}

// notice is the time from an alarm to a person looking.
func (c *crew) notice(cause int) {
	c.add(&task{
		name: "notice", work: c.plan.Times.Notice, phase: phaseNotice, cause: cause,
		end: func(a sim.Act) string {
			c.detected = true
			c.marks.reach(sim.Detected, a.Cause)
			c.news.begin(a.Cause)
			c.careSoon()
			return ""
		},
	})
}
