package model

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// segment is a network at work: the switches that bridge it, and who hears whom.
type segment struct {
	*state
	net     *topology.Network
	bridges []bridge
	place   map[*topology.Node]int  // in bridges
	taps    []*topology.Interface   // who has an address on it
	reach   [][]bool                // by place: what a frame that enters there comes past; nil: not worked out
	blocked map[*topology.Port]bool // by the spanning tree; nil without one
	gateway *gateway                // nil unless several members stand in for one another
	edges   []int                   // of the fabric, on this network
	origins []int

	stale bool
	cause int // of the latest change
}

// bridge is a switch's part in a network.
type bridge struct {
	node   *topology.Node
	ports  []*topology.Port
	trunks []trunk
}

// trunk is a port behind which another bridge is.
type trunk struct {
	port *topology.Port
	to   int
}

func newSegment(s *state, n *topology.Network) *segment {
	return &segment{state: s, net: n, place: map[*topology.Node]int{}}
}

// findBridges works out which switches bridge which networks.
func (w *World) findBridges() {
	for _, n := range w.env.Plant.Nodes {
		for _, i := range n.Interfaces {
			s := w.segments[i.Network.Index]
			s.taps = append(s.taps, i)
			if n.Kind == topology.Switch && i.Port == nil && i.Bond == nil {
				s.join(n)
			}
		}
	}
	for _, l := range w.env.Plant.Links {
		for _, n := range l.Networks {
			w.segments[n.Index].wire(l)
		}
	}
}

// join makes a switch a bridge of the network.
func (s *segment) join(n *topology.Node) int {
	at, known := s.place[n]
	if !known {
		at = len(s.bridges)
		s.place[n] = at
		s.bridges = append(s.bridges, bridge{node: n})
	}
	return at
}

// wire adds a link to the bridges at its ends.
func (s *segment) wire(l *topology.Link) {
	for _, p := range l.Ends() {
		if !p.Switched(s.net) {
			continue
		}
		at := s.join(p.Node)
		s.bridges[at].ports = append(s.bridges[at].ports, p)
		if p.Peer().Switched(s.net) {
			to := s.join(p.Peer().Node)
			s.bridges[at].trunks = append(s.bridges[at].trunks, trunk{p, to})
		}
	}
}

// forget makes the segment work out anew who hears whom.
func (s *segment) forget() { s.reach = nil }

// arrives says whether a frame of this network that is sent from a port is received at its peer.
func (s *segment) arrives(p *topology.Port) bool { return s.passes(p) && s.hands(p, s.net) }

// lit says whether an interface has a carrier: a bond while a member is active, a switch's own bridge while any of its
// ports that lets the network through has one.
func (s *segment) lit(i *topology.Interface) bool {
	switch {
	case i.Bond != nil:
		return s.door(i) != nil
	case i.Port != nil:
		return s.carrier[s.number(i.Port)]
	}
	at, known := s.place[i.Node]
	return known && slices.ContainsFunc(s.bridges[at].ports, func(p *topology.Port) bool {
		return s.carrier[s.number(p)] && s.inUse[s.number(p)] && !s.lacks[lack{p, s.net}]
	})
}

// delivers says whether what an interface sends reaches another. Origin is who made the packet: nodes that refuse it
// do not pass it on.
func (s *segment) delivers(from, to *topology.Interface, origin *topology.Node) bool {
	if from == to {
		return true
	}
	if !s.serves(from.Node) || !s.serves(to.Node) || s.refuses(to.Node, origin) {
		return false
	}
	out, in := s.doorTo(from, to), s.doorOf(to, from)
	if out != nil && out.Peer() == in {
		return s.arrives(out)
	}
	enters, ok := s.entrance(from, out)
	if !ok {
		return false
	}
	leaves, ok := s.exit(to, in)
	return ok && s.crosses(enters, leaves, origin)
}

// entrance is the bridge that hears an interface first: its own, or the one its door leads to.
func (s *segment) entrance(i *topology.Interface, door *topology.Port) (place int, ok bool) {
	if door == nil {
		place, ok = s.place[i.Node]
		return place, ok && i.Bond == nil
	}
	place, ok = s.place[door.Peer().Node]
	return place, ok && s.arrives(door)
}

// exit is the bridge that an interface hears last.
func (s *segment) exit(i *topology.Interface, door *topology.Port) (place int, ok bool) {
	if door == nil {
		place, ok = s.place[i.Node]
		return place, ok && i.Bond == nil
	}
	place, ok = s.place[door.Peer().Node]
	return place, ok && s.arrives(door.Peer())
}

// crosses says whether a frame gets from one bridge to another.
func (s *segment) crosses(from, to int, origin *topology.Node) bool {
	refused := func(b bridge) bool { return s.refuses(b.node, origin) }
	if len(s.refused) > 0 && slices.ContainsFunc(s.bridges, refused) {
		return s.flood(from, s.forwarders(origin))[to]
	}
	if s.reach == nil {
		s.reach = make([][]bool, len(s.bridges))
	}
	if s.reach[from] == nil {
		s.reach[from] = s.flood(from, s.forwarders(nil))
	}
	return s.reach[from][to]
}

// flood is where a frame comes past that enters at a bridge, which some bridges forward.
func (s *segment) flood(from int, forwards func(at int) bool) []bool {
	reached := make([]bool, len(s.bridges))
	if !forwards(from) {
		return reached
	}
	reached[from] = true
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for _, t := range s.bridges[queue[0]].trunks {
			if !reached[t.to] && s.open(t.port) && forwards(t.to) {
				reached[t.to] = true
				queue = append(queue, t.to)
			}
		}
	}
	return reached
}

// forwarders says which bridges forward a frame; those that refuse its origin do not. Nobody refuses nil.
func (s *segment) forwarders(origin *topology.Node) func(at int) bool {
	return func(at int) bool {
		n := s.bridges[at].node
		return s.serves(n) && (origin == nil || !s.refuses(n, origin))
	}
}

// hears says whether a switch hears what an interface says to all.
func (s *segment) hears(at *topology.Node, from *topology.Interface) bool {
	place, bridges := s.place[at]
	enters, in := s.entrance(from, s.door(from))
	return bridges && in && s.crosses(enters, place, from.Node)
}

// comesPast says whether what an interface sends to another gets there by a switch's bridge. Frames have one
// way only, for there is no loop: so it does if it would not get there without the switch.
func (s *segment) comesPast(at *topology.Node, from, to *topology.Interface) bool {
	place, bridges := s.place[at]
	enters, in := s.entrance(from, s.doorTo(from, to))
	leaves, out := s.exit(to, s.doorOf(to, from))
	if !bridges || !in || !out || !s.crosses(enters, leaves, from.Node) {
		return false
	}
	forwards := s.forwarders(from.Node)
	return !s.flood(enters, func(b int) bool { return b != place && forwards(b) })[leaves]
}

// open says whether frames pass from a bridge to the one behind a port: they arrive there, and no spanning tree blocks
// either end.
func (s *segment) open(p *topology.Port) bool {
	return s.arrives(p) && (s.blocked == nil || !s.blocked[p] && !s.blocked[p.Peer()])
}
