package topology

import "time"

// Timers and priority of a spanning tree by default, and their ranges (IEEE 802.1D-1998 tables 8-3 and 8-4). The least
// forward delay is Linux's, which is below the standard's.
const (
	stpPriority     = 32768
	stpPriorityStep = 4096
	stpMostPriority = 61440
	stpHello        = 2 * time.Second
	stpMaxAge       = 20 * time.Second
	stpForwardDelay = 15 * time.Second
)

// stpOf is a switch's part in a spanning tree; nil when it has none.
func (b *builder) stpOf(s *STPSpec) *STP {
	if s == nil || s.On != nil && !*s.On {
		return nil
	}
	t := &STP{stpPriority, stpHello, stpMaxAge, stpForwardDelay}
	set(&t.Priority, s.Priority)
	set(&t.Hello, s.Hello)
	set(&t.MaxAge, s.MaxAge)
	set(&t.ForwardDelay, s.ForwardDelay)
	if t.Priority < 0 || t.Priority > stpMostPriority || t.Priority%stpPriorityStep != 0 {
		b.ps.Add(s.Pos, "", "stp priority is %d: it must be a multiple of %d from 0 to %d", t.Priority, stpPriorityStep, stpMostPriority)
	}
	for _, timer := range []struct {
		name            string
		is, least, most time.Duration
	}{
		{"hello", t.Hello, time.Second, 10 * time.Second},
		{"max_age", t.MaxAge, 6 * time.Second, 40 * time.Second},
		{"forward_delay", t.ForwardDelay, 2 * time.Second, 30 * time.Second},
	} {
		if timer.is < timer.least || timer.is > timer.most {
			b.ps.Add(s.Pos, "", "stp %s is %s: it must be between %s and %s", timer.name, timer.is, timer.least, timer.most)
		}
	}
	if first := b.firstSTP; first == nil {
		b.firstSTP = t
	} else if t.Hello != first.Hello || t.MaxAge != first.MaxAge || t.ForwardDelay != first.ForwardDelay {
		b.ps.Add(s.Pos, "say the same timers at all of them", "its stp timers are others than those of the switches before it, and a tree has those of its root")
	}
	return t
}

// PathCost is what a spanning tree counts for a link (IEEE 802.1D-1998 table 8-5).
func (l *Link) PathCost() int {
	for _, c := range []struct {
		below Bitrate
		cost  int
	}{{100 * Mbps, 100}, {Gbps, 19}, {10 * Gbps, 4}, {20 * Gbps, 2}} {
		if l.Speed < c.below {
			return c.cost
		}
	}
	return 1
}

// SpanningTree says whether a spanning tree watches the link on a network: both ends bridge it and run one.
func (l *Link) SpanningTree() bool {
	return l.trunk() && l.A.Node.STP != nil && l.B.Node.STP != nil
}

// Grows is how long the plant's spanning trees take to grow when all switches are switched on; 0 without any.
func (p *Plant) Grows() time.Duration {
	longest := time.Duration(0)
	for _, n := range p.Nodes {
		if n.STP != nil {
			longest = max(longest, n.STP.MaxAge+2*n.STP.ForwardDelay)
		}
	}
	return longest
}
