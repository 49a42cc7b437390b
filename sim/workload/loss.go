package workload

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// neighbourAsked is how often a neighbour is looked after, compared with how often packets are sent to it: an entry
	// is asked about every half minute (RFC 4861 10, REACHABLE_TIME), so what it loses in one asking of ten thousand
	// takes days.
	neighbourAsked = 1e-4
	// neighbourLast is how many questions in a row must be lost before packets wait for an answer (ucast_solicit, arp(7)).
	neighbourLast = 3
)

// echoes are requests each of which is sent once, and answered unless it or its answer is lost.
type echoes struct {
	mirror
	interval time.Duration
	oneWay   bool // there are no answers
}

// Chance: of several ways one is enough. So many are lost in a row at most; or the neighbour's answers are, who is then
// asked once a second.
func (e echoes) Chance(ways [][2]float64) sim.Chance {
	share, asked := 1.0, 1.0
	for _, way := range ways {
		there, both := way[0], topology.Either(way[0], way[1])
		asked *= both
		if e.oneWay {
			both = there
		}
		share *= both
	}
	if share == 0 {
		return sim.Chance{Interval: e.interval, Patient: true}
	}
	longest := time.Duration(sim.InARow(share, sim.Rare)+1) * e.interval
	if waits := sim.InARow(asked, neighbourAsked) - neighbourLast; waits > 0 {
		longest = max(longest, time.Duration(waits)*time.Second)
	}
	return sim.Chance{Share: share, Longest: longest, Interval: e.interval, Patient: true}
}

// Chance: a segment that is lost, or whose answer is, is sent again, ever more seldom; nothing is lost for good. It is
// noticed with the next one at the latest, a beat later, unless that one's echo is lost too.
func (l *lifeline) Chance(ways [][2]float64) sim.Chance {
	c := sim.Chance{Interval: l.interval}
	lost := topology.Either(ways[0][0], ways[0][1])
	if row := sim.InARow(lost, sim.Rare); row >= len(retransmissions) {
		c.Longest = l.timeout + dialGap
	} else if row > 0 {
		c.Longest = min(l.timeout+dialGap, time.Duration(coarse*float64(retransmissions[row]))+probeSlack)
	}
	if lost > slowest {
		c.Late = min(l.interval, rtoMin)
	}
	return c
}

// slowest is the share of answers that the 99th percentile leaves out.
const slowest = 0.01
