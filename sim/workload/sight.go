package workload

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// SightInterval is how often a monitoring looks whether it reaches what it watches: often enough for people, who know
// what has changed after seconds, and no load beside what it watches. Chosen.
const SightInterval = time.Second

// NewSight is a member of a workload looking whether it reaches a node, by real echoes where there are real packets. It
// is an aspect of that member, and none of the workload's outages. Of is the member's own talk: what runs in a virtual
// machine sees nothing while that is off.
func NewSight(member int, aspect string, flow sim.Flow, of sim.Talk) sim.Watch {
	l := &lookout{reach{flow: flow, rhythm: every(SightInterval, SightInterval)}, member, aspect}
	if m, ok := of.(*machine); ok {
		l.within = m.live
	}
	return l
}

type lookout struct {
	reach
	member int
	aspect string
}

// Watches names who looks, and at what.
func (l *lookout) Watches() (member int, aspect string) { return l.member, l.aspect }
