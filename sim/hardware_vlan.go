package sim

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// lackOf is why a port does not let a network through, as its file has it.
func lackOf(p *topology.Port) map[*topology.Network][]*reason {
	lacks := map[*topology.Network][]*reason{}
	for _, n := range p.Lacks {
		lacks[n] = []*reason{{}}
	}
	return lacks
}

// Allows says whether a port lets a network through.
func (h *Hardware) Allows(p *topology.Port, n *topology.Network) bool {
	return len(h.sockets[p].lacks[n]) == 0
}

// applyVLANs works out what a port lets through.
func (h *Hardware) applyVLANs(cause int, p *topology.Port, b *batch) {
	s := h.sockets[p]
	if len(s.lacks) == 0 {
		return
	}
	for _, n := range p.Link.Networks {
		allows := len(s.lacks[n]) == 0
		if allows != slices.Contains(s.lacking, n) {
			continue
		}
		if s.lacking = slices.DeleteFunc(s.lacking, func(x *topology.Network) bool { return x == n }); !allows {
			s.lacking = append(s.lacking, n)
		}
		h.env.Log.Add(cause, p.String(), VLANData{Network: n.ID, ID: n.VLAN, On: allows})
		b.levels = append(b.levels, Allowed{p, n, allows})
	}
}

// RemoveVLAN takes a network off switches' ports, as somebody does who edits the list of what a trunk allows. Carriers stay.
func (s *Scope) RemoveVLAN(n *topology.Network, ports ...*topology.Port) {
	var wants []Level
	for _, p := range ports {
		s.lack(p, n, &reason{})
		wants = append(wants, Allowed{p, n, false})
	}
	s.act(wants)
}

// ChangeVLAN does so as a change of configuration: like ShutPorts it outlives this scope, unless the entry says how long it
// lasts.
func (s *Scope) ChangeVLAN(n *topology.Network, ports ...*topology.Port) {
	owner := s
	if s.Lasts == 0 {
		owner = s.root()
	}
	for _, p := range ports {
		owner.lack(p, n, &reason{change: true})
	}
	s.hw.apply(s.cause)
}

func (s *Scope) lack(p *topology.Port, n *topology.Network, one *reason) {
	lacks := s.hw.socket(p).lacks
	lacks[n] = append(lacks[n], one)
	s.undo = append(s.undo, func() {
		lacks[n] = slices.DeleteFunc(lacks[n], func(x *reason) bool { return x == one })
	})
}

// MissingVLAN is a network that ports of a switch do not let through although their links are to carry it.
type MissingVLAN struct {
	Node    *topology.Node
	Network *topology.Network
	Ports   []*topology.Port
	Changed bool // a change took it off
}

// MissingVLANs is what somebody finds who holds all trunks against what they are to carry, in order of nodes and networks.
func (h *Hands) MissingVLANs() []MissingVLAN {
	plant := h.run.sc.Plant
	var all []MissingVLAN
	for _, node := range plant.Nodes {
		for _, n := range plant.Networks {
			m := MissingVLAN{Node: node, Network: n}
			for _, p := range node.Ports {
				if why := h.run.hw.socket(p).lacks[n]; len(why) > 0 {
					m.Ports = append(m.Ports, p)
					m.Changed = m.Changed || slices.ContainsFunc(why, func(r *reason) bool { return r.change })
				}
			}
			if len(m.Ports) > 0 {
				all = append(all, m)
			}
		}
	}
	return all
}

// AddVLAN has ports let a network through, whatever it was that had taken it off.
func (h *Hands) AddVLAN(a Act, m MissingVLAN) {
	seq := h.did(a, m.Node.ID, "add VLAN")
	for _, p := range m.Ports {
		h.run.hw.socket(p).lacks[m.Network] = nil
	}
	h.run.hw.apply(seq)
}
