package model

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// The law of neighbour resolution (RFC 4861, 7.2.2 and 7.3.3, which Linux keeps to for IPv4 as well: net.ipv4.neigh
// ucast_solicit 3, retrans_time_ms 1000). While nobody answers, a sender asks for its neighbour once a second; its entry
// cannot have failed before three such questions went unanswered. So after a longer darkness a way that is whole again is
// used with the next question: at once, or up to a second later. That holds for a carrier that has just come up, too: the
// bridge at its other end takes the port into service a moment later, when the first question may have been lost there.
const (
	entryLives = 3 * time.Second
	askAgain   = time.Second
)

// findAnew is how long a sender may trust an entry to which nobody answers any more: it is reachable for half as long again
// as 30 s at most, waited for 5 s, then asked three times (RFC 4861, 6.3.2 and 10). Only then does the sender ask everybody.
const findAnew = 45*time.Second + 5*time.Second + entryLives

// resume tells the members of a way that is whole again, when its neighbours are resolved.
func (w *World) resume(now time.Duration, y *way) {
	span := time.Duration(0)
	switch {
	case w.mislaid(now, y):
		span, y.open = findAnew, now+findAnew
		w.env.Loop.After(span, func() {}) // it is pending until then
	case now-y.gone >= entryLives:
		span = askAgain
	}
	wait := time.Duration(w.env.Phase * float64(span))
	if wait == 0 {
		y.tell(true)
		return
	}
	y.cancel = w.env.Loop.After(wait, func() { y.tell(true) })
}

// mislaid says whether switches send what is for the far end of a way to a port where it does not listen any more. Its bond
// has moved to a switch from which nothing got to the one that it left, so that this did not hear it say so; the switch that
// it left has stayed up, and so has the link there, so that nothing was forgotten (IEEE 802.1Q, 8.8); the way leads past that
// switch; and nothing that the bond's node sends by itself does.
func (w *World) mislaid(now time.Duration, y *way) bool {
	for _, p := range y.pairs {
		tap := p.there.to.tap
		if tap == nil || tap.Bond == nil {
			continue
		}
		b := w.bondOf(tap.Bond)
		if b.left == nil || b.moved < y.gone || b.moved == now || !b.unheard || !w.carrier[w.number(b.left)] || !w.serves(b.left.Peer().Node) {
			continue
		}
		if at := b.left.Peer().Node; w.asksPast(at, p.there, tap) && !w.showsItself(at, tap) {
			return true
		}
	}
	return false
}

// unheard says whether a bond that has moved says so to no avail: the switch that it left does not hear it on every network.
func (w *World) unheard(b *bond) bool {
	active := w.active[b.number]
	if active == nil || b.left == nil {
		return false
	}
	return slices.ContainsFunc(active.Link.Networks, func(n *topology.Network) bool {
		s := w.segments[n.Index]
		enters, in := s.place[active.Peer().Node]
		left, bridged := s.place[b.left.Peer().Node]
		return in && bridged && !(s.passes(active) && s.crosses(enters, left, b.conf.Node))
	})
}

// asksPast says whether what is sent along a trip gets to its end by a switch.
func (w *World) asksPast(at *topology.Node, t trip, tap *topology.Interface) bool {
	senders := w.gatewayTaps(tap.Network)
	if own := t.from.Interface(tap.Network); own != nil {
		senders = []*topology.Interface{own}
	}
	s := w.segments[tap.Network.Index]
	return slices.ContainsFunc(senders, func(from *topology.Interface) bool { return s.comesPast(at, from, tap) })
}

// showsItself says whether a switch sees frames that an interface's node sends by itself, and so where it is: they come past
// it, or are for somebody who has said nothing yet. For a switch that has forwarded nothing so far floods those.
func (w *World) showsItself(at *topology.Node, tap *topology.Interface) bool {
	s := w.segments[tap.Network.Index]
	return slices.ContainsFunc(w.trips[tap.Node], func(t trip) bool {
		next := w.gatewayTaps(tap.Network)
		if t.to.tap != nil && t.to.tap.Network == tap.Network {
			next = []*topology.Interface{t.to.tap}
		}
		return slices.ContainsFunc(next, func(to *topology.Interface) bool {
			return s.comesPast(at, tap, to) || w.silent(to.Node, tap.Node) && s.hears(at, tap)
		})
	})
}

// silent says whether a node says nothing before another has spoken to it: it sends nothing by itself, and nobody else asks it.
func (w *World) silent(n, but *topology.Node) bool {
	return len(w.trips[n]) == 0 && !slices.ContainsFunc(w.ways, func(y *way) bool {
		return slices.ContainsFunc(y.pairs, func(p pair) bool { return p.there.to.node == n && p.there.from != but })
	})
}

// gatewayTaps are the interfaces at which a network is left and entered: of a virtual gateway, those that hold it.
func (w *World) gatewayTaps(n *topology.Network) []*topology.Interface {
	if n.Gateway == nil {
		return nil
	}
	virtual := w.segments[n.Index].gateway
	var taps []*topology.Interface
	for i, m := range n.Gateway.Members {
		if tap := m.Interface(n); tap != nil && (virtual == nil || virtual.machine.Holds(i)) {
			taps = append(taps, tap)
		}
	}
	return taps
}
