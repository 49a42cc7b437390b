package model

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// answer is whether a packet arrives.
type answer int

const (
	no    answer = iota
	maybe        // by some of several equal paths, of which a hash takes one
	yes
)

// walk follows packets, and notes what that rests on.
type walk struct {
	*World
	reads  []int
	oneWay bool           // nothing comes back but what neighbours say to each other
	origin *topology.Node // who made the packet
	to     destination
	passed []*topology.Node // where the packet has been
	toll   toll             // what its way takes of it
	narrow []narrow         // the ports on its way that carry only so much
	split  int              // how often it has been one of several equal paths
}

// take follows a packet along a trip.
func (k *walk) take(t trip) answer {
	k.origin, k.to, k.passed, k.toll = t.from, t.to, k.passed[:0], toll{}
	k.narrow, k.split = nil, 0
	if t.by != nil {
		k.read(k.nodeKey(t.from))
		return k.hand(t.by, t.to.tap)
	}
	return k.onward(t.from)
}

// onward is what becomes of a packet at a node. One that comes past a node again goes round for ever.
func (k *walk) onward(at *topology.Node) answer {
	k.read(k.nodeKey(at))
	switch {
	case !k.serves(at) || slices.Contains(k.passed, at):
		return no
	case at == k.to.node:
		return yes
	}
	k.passed = append(k.passed, at)
	defer func() { k.passed = k.passed[:len(k.passed)-1] }()
	if k.to.tap != nil {
		if i := at.Interface(k.to.tap.Network); i != nil {
			return k.hand(i, k.to.tap)
		}
	}
	if router, routes := k.routing.index[at]; routes {
		return k.route(at, router)
	}
	return k.leave(at)
}

// hand is a packet given to another interface on the same network.
func (k *walk) hand(from, to *topology.Interface) answer {
	s := k.segments[from.Network.Index]
	k.read(s.net.Index)
	if !k.delivers(s, from, to) {
		return no
	}
	k.pay(s, from, to)
	return k.onward(to.Node)
}

// delivers says whether a packet gets from one interface to its neighbour. Where nothing comes back by itself, the
// neighbour must at least be heard, to be found (RFC 826; RFC 4861, 7.2.2).
func (k *walk) delivers(s *segment, from, to *topology.Interface) bool {
	return s.delivers(from, to, k.origin) && (!k.oneWay || s.delivers(to, from, to.Node))
}

// leave is a packet that a host sends to the gateway of its network.
func (k *walk) leave(at *topology.Node) answer {
	i := at.Primary()
	if i == nil || i.Network.Gateway == nil {
		return no
	}
	if g := k.segments[i.Network.Index].gateway; g != nil {
		return k.toHolder(i, g)
	}
	if tap := i.Network.Gateway.Members[0].Interface(i.Network); tap != nil {
		return k.hand(i, tap)
	}
	return no
}

// toHolder is a packet sent to a virtual gateway's address: a holder that hears it takes it.
func (k *walk) toHolder(from *topology.Interface, g *gateway) answer {
	k.read(g.seg.net.Index)
	k.read(g.key)
	for i, tap := range g.taps {
		if tap != nil && g.machine.Holds(i) && k.delivers(g.seg, from, tap) {
			k.pay(g.seg, from, tap)
			return k.onward(tap.Node)
		}
	}
	return no
}

// route is a packet at a router that is not on the network it is for: the most specific route that is of use.
func (k *walk) route(at *topology.Node, router int) answer {
	for _, prefix := range []int{k.to.prefix, k.routing.internet} {
		if prefix == proto.None {
			continue
		}
		if a, ok := k.spread(at, k.routing.machine.Tables().Hops(router, prefix)); ok {
			return a
		}
	}
	return no
}

// spread tries all of several equal next hops. A leg whose own interface has no carrier is left out at once, by the
// kernel itself (ignore_routes_with_linkdown); not ok when that leaves none.
func (k *walk) spread(at *topology.Node, hops proto.Hops) (a answer, ok bool) {
	worst, best := yes, no
	paid := k.toll
	all := toll{}
	lit := func(h sim.Hop) bool { return k.segments[h.Network.Index].lit(at.Interface(h.Network)) }
	if several(hops, lit) {
		k.split++
		defer func() { k.split-- }()
	}
	for _, h := range hops {
		from := at.Interface(h.Network)
		k.read(h.Network.Index)
		if !lit(h) {
			continue
		}
		k.toll = paid
		leg := k.via(from, k.routing.next[h.Via])
		all = all.or(k.toll, ok)
		worst, best, ok = min(worst, leg), max(best, leg), true
	}
	k.toll = all
	if worst != best {
		return maybe, ok
	}
	return best, ok
}

// several says whether more than one hop is fit for use.
func several(hops proto.Hops, fit func(sim.Hop) bool) bool {
	first := slices.IndexFunc(hops, fit)
	return first >= 0 && slices.ContainsFunc(hops[first+1:], fit)
}

func (k *walk) via(from *topology.Interface, next nextHop) answer {
	if next.gateway != nil {
		return k.toHolder(from, next.gateway)
	}
	return k.hand(from, next.tap)
}

// read notes that the answer rests on something.
func (k *walk) read(key int) {
	if k.seen[key] != k.walks {
		k.seen[key] = k.walks
		k.reads = append(k.reads, key)
	}
}
