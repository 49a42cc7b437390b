package model

import (
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// state is the physical state of the plant, as the levels tell it, and the members that bonds use.
type state struct {
	first   []int  // by node: the number of its first port
	carrier []bool // by number of port
	dark    []bool
	// impaired is what becomes of frames that leave a port, by its number; harmed counts those of which anything does, and
	// slowed those that carry only so much.
	impaired []topology.Impairment
	harmed   int
	slowed   int
	stage    []topology.Stage // by node
	inUse    []bool           // by number of port: no member of a bond, or its active one
	refused  map[refusal]bool
	lacks    map[lack]bool

	firstBond []int            // by node: the number of its first bond
	active    []*topology.Port // by number of bond; nil: none
	// shares are the members in use of a bond that shares its load, in the order of its node's ports; nil for others.
	shares [][]*topology.Port
}

// refusal is two nodes, of which the one loses what comes from the other.
type refusal struct{ at, from *topology.Node }

// lack is a port that does not let a network through.
type lack struct {
	port    *topology.Port
	network *topology.Network
}

func newState(p *topology.Plant) state {
	s := state{refused: map[refusal]bool{}, lacks: map[lack]bool{}}
	for _, n := range p.Nodes {
		s.first = append(s.first, len(s.carrier))
		s.stage = append(s.stage, topology.Forwarding)
		s.firstBond = append(s.firstBond, len(s.active))
		s.active = append(s.active, make([]*topology.Port, len(n.Bonds))...)
		s.shares = append(s.shares, make([][]*topology.Port, len(n.Bonds))...)
		for _, port := range n.Ports {
			s.carrier = append(s.carrier, true)
			s.dark = append(s.dark, false)
			s.impaired = append(s.impaired, topology.Impairment{})
			s.inUse = append(s.inUse, true)
			s.impair(port, port.Link.Impairment)
			for _, n := range port.Lacks {
				s.lacks[lack{port, n}] = true
			}
		}
	}
	return s
}

func (s *state) number(p *topology.Port) int { return s.first[p.Node.Index] + p.Index }

// serves says whether a node forwards and answers.
func (s *state) serves(n *topology.Node) bool { return s.stage[n.Index] == topology.Forwarding }

// passes says whether a frame that is sent from a port is received at its peer.
func (s *state) passes(p *topology.Port) bool {
	from, to := s.number(p), s.number(p.Peer())
	return s.carrier[from] && s.carrier[to] && !s.dark[from] && s.impaired[from].Loss < 1 && s.inUse[from] && s.inUse[to]
}

// hands says whether what is sent from a port gets into a network at its peer, by what both let through and how they tag it.
func (s *state) hands(p *topology.Port, n *topology.Network) bool {
	return !s.lacks[lack{p, n}] && !s.lacks[lack{p.Peer(), n}] && p.Understood(n)
}

// impair says what becomes of frames that leave a port from now on.
func (s *state) impair(p *topology.Port, i topology.Impairment) {
	at := &s.impaired[s.number(p)]
	well := topology.Impairment{}
	if *at != well {
		s.harmed--
	}
	if i != well {
		s.harmed++
	}
	if at.Rate > 0 {
		s.slowed--
	}
	if i.Rate > 0 {
		s.slowed++
	}
	*at = i
}

// refuses says whether a node loses what comes from another.
func (s *state) refuses(at, from *topology.Node) bool {
	return len(s.refused) > 0 && s.refused[refusal{at, from}]
}

// door is the port by which an interface sends and receives at present. It is nil for a bond without an active member,
// and for a switch's own bridge.
func (s *state) door(i *topology.Interface) *topology.Port {
	if i.Bond != nil {
		return s.active[s.firstBond[i.Node.Index]+i.Bond.Index]
	}
	return i.Port
}

// doorTo is the port by which an interface sends to another: of a bond that shares its load, the one that the two
// addresses fall to.
func (s *state) doorTo(from, to *topology.Interface) *topology.Port {
	if from.Bond != nil && from.Bond.Mode == topology.LACP {
		return s.share(from.Bond, from, to)
	}
	return s.door(from)
}

// doorOf is the port by which an interface hears another: where the bond at the other end of its own shares its load,
// the one that falls to the two addresses there.
func (s *state) doorOf(to, from *topology.Interface) *topology.Port {
	door := s.door(to)
	if door == nil || to.Bond == nil || to.Bond.Mode != topology.LACP {
		return door
	}
	if far := s.share(door.Peer().Bond, from, to); far != nil {
		return far.Peer()
	}
	return nil
}

func (s *state) share(b *topology.Bond, from, to *topology.Interface) *topology.Port {
	used := s.shares[s.firstBond[b.Node.Index]+b.Index]
	if len(used) == 0 {
		return nil
	}
	return used[proto.ShareOf(from.MAC, to.MAC, len(used))]
}
