package model

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// The law of neighbour resolution (RFC 4861, 7.2.2 and 7.3.3, which Linux keeps to for IPv4 as well: net.ipv4.neigh
// ucast_solicit 3, retrans_time_ms 1000). While nobody answers, a sender asks for its neighbour once a second; its entry
// cannot have failed before three such questions went unanswered. So after a longer darkness a way that is whole again is
// used with the next question: at once, or up to a second later.
const (
	entryLives = 3 * time.Second
	askAgain   = time.Second
)

// resume tells the members of a way that is whole again, when its neighbours are resolved.
func (w *World) resume(now time.Duration, y *way) {
	wait := time.Duration(0)
	if now-y.gone > entryLives && !w.freshly(now, y) {
		wait = time.Duration(w.env.Phase * float64(askAgain))
	}
	if wait == 0 {
		y.tell(true)
		return
	}
	y.cancel = w.env.Loop.After(wait, func() { y.tell(true) })
}

// freshly says whether the carrier of a sender's own interface came up at this very instant. Its entries went with the
// carrier, and it has not asked into the dark since: it asks at once.
func (w *World) freshly(now time.Duration, y *way) bool {
	return slices.ContainsFunc(y.pairs, func(p pair) bool {
		i := w.source(p)
		switch {
		case i == nil:
			return false
		case i.Bond != nil:
			return w.bondOf(i.Bond).raised == now
		}
		return i.Port != nil && w.raised[w.number(i.Port)] == now
	})
}

// source is the interface that a packet leaves its sender by; nil where routes decide that.
func (w *World) source(p pair) *topology.Interface {
	from, to := p.there.from, p.there.to.tap
	if to != nil && from.Interface(to.Network) != nil {
		return from.Interface(to.Network)
	}
	if _, routes := w.routing.index[from]; routes {
		return nil
	}
	return from.Primary()
}
