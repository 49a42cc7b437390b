package topology

import "slices"

// Demand is how much one node wants to send to another.
type Demand struct {
	From, To *Node
	Rate     Bitrate
	// Networks are those by which it may go; none: by all.
	Networks []*Network
}

// Throughput bounds how much of some demands can be carried at once beside what is lost: no routing carries more, and
// many carry less. It is the largest flow from all senders to all receivers. Of an active-backup bond one member is used
// at a time; a link carries its speed in each direction.
func (p *Plant) Throughput(demands []Demand, lost Lost) Bitrate {
	t := newThroughput(p, lost)
	for _, n := range p.Nodes {
		if n.forwards() {
			t.f.edge(2*n.Index, 2*n.Index+1, unlimited)
		}
	}
	for _, l := range p.Links {
		if !lost.Links[l] && !lost.Nodes[l.A.Node] && !lost.Nodes[l.B.Node] && wanted(l, demands) {
			t.f.edge(t.out(l.A), t.in(l.B), int(l.Speed))
			t.f.edge(t.out(l.B), t.in(l.A), int(l.Speed))
		}
	}
	source, sink := len(t.f.at)-2, len(t.f.at)-1
	for _, d := range demands {
		t.f.edge(source, 2*d.From.Index+1, int(d.Rate))
		t.f.edge(2*d.To.Index, sink, int(d.Rate))
	}
	t.f.run(source, sink)
	return Bitrate(t.f.sent(source))
}

// unlimited is more than any plant carries.
const unlimited = 1 << 60

// wanted says whether some demand may use a link.
func wanted(l *Link, demands []Demand) bool {
	return slices.ContainsFunc(demands, func(d Demand) bool {
		return len(d.Networks) == 0 || slices.ContainsFunc(d.Networks, l.Passes)
	})
}

// throughput is a flow network in which the entry and the exit of a node are 2*Index and 2*Index+1. Those of the bonds of
// which one member is used at a time come after all nodes, then a source and a sink.
type throughput struct {
	plant *Plant
	lost  Lost
	f     *flow
	bonds map[*Bond]int
}

func newThroughput(p *Plant, lost Lost) *throughput {
	t := &throughput{plant: p, lost: lost, bonds: map[*Bond]int{}}
	for _, n := range p.Nodes {
		for _, b := range n.Bonds {
			if b.Mode != LACP {
				t.bonds[b] = 2 * (len(p.Nodes) + len(t.bonds))
			}
		}
	}
	t.f = newFlow(2*(len(p.Nodes)+len(t.bonds)) + 2)
	for _, n := range p.Nodes {
		for _, b := range n.Bonds {
			if at, one := t.bonds[b]; one {
				t.f.edge(2*n.Index+1, at+1, t.widest(b))
				t.f.edge(at, 2*n.Index, t.widest(b))
			}
		}
	}
	return t
}

// widest is what the best member of a bond that is left can carry.
func (t *throughput) widest(b *Bond) int {
	best := Bitrate(0)
	for _, p := range b.Members {
		if !t.lost.Links[p.Link] && !t.lost.Nodes[p.Peer().Node] {
			best = max(best, p.Link.Speed)
		}
	}
	return int(best)
}

// out and in are where what leaves by a port comes from, and where what comes in by it goes: its bond, or its node.
func (t *throughput) out(p *Port) int { return t.in(p) + 1 }

func (t *throughput) in(p *Port) int {
	if at, one := t.bonds[p.Bond]; one {
		return at
	}
	return 2 * p.Node.Index
}
