package sweep

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// way is one of the ways that a flow may take: within one network, or from the network of one end by its gateway to that
// of the other. A flow is cut when all its ways are.
type way struct {
	from, to end
	flat     bool    // within one network, without routing
	direct   []int32 // links that join two hosts without anything between
}

// end is one end of a way.
type end struct {
	node  int32
	host  bool
	net   *topology.Network
	doors []arc  // by which a host's frames enter
	start int32  // the vertex where the packets of a node that forwards begin
	exits []exit // by which frames reach a host
	gates []bool // by node: who a host may send to when it leaves its network
	// aside says that others reach a host by a network that it does not leave by: the way back is another one.
	aside bool
}

// ways lists the ways of a flow; none when one of its ends has no address or a network no gateway.
func (g *graph) ways(f sim.Flow) []way {
	if len(f.Networks) == 0 {
		return g.routedWay(f)
	}
	var all []way
	for _, net := range f.Networks {
		if f.From.Interface(net) == nil && f.To.Interface(net) != nil {
			all = append(all, g.routedInto(f, net)...)
			continue
		}
		all = append(all, g.flatWay(f, net)...)
	}
	return all
}

// routedInto goes from elsewhere to a node's address in a network: a client outside asks a machine that is in it.
func (g *graph) routedInto(f sim.Flow, net *topology.Network) []way {
	a, okA := g.leaving(f.From)
	b, okB := g.leaving(f.To)
	if !okA || !okB {
		return nil
	}
	if b.host && b.net != net {
		b.exits, b.aside = g.exitsTo(f.To, net), true
	}
	return []way{{from: a, to: b}}
}

// routedWay goes to the address by which others reach a node: by a network that both have, or by gateways.
func (g *graph) routedWay(f sim.Flow) []way {
	to := f.To.Primary()
	if to != nil && f.From.Interface(to.Network) != nil && !f.To.Loopback.IsValid() {
		return g.flatWay(f, to.Network)
	}
	a, okA := g.leaving(f.From)
	b, okB := g.leaving(f.To)
	if !okA || !okB {
		return nil
	}
	return []way{{from: a, to: b}}
}

// leaving is an end that leaves its network; not ok when it cannot.
func (g *graph) leaving(n *topology.Node) (e end, ok bool) {
	e = end{node: int32(n.Index), host: !forwards(n), start: none}
	if !e.host {
		var known bool
		if e.start, known = g.number[spot{node: n}]; !known || len(n.Interfaces) == 0 {
			return e, false
		}
		return e, true
	}
	i := n.Primary()
	if i == nil || i.Network.Gateway == nil {
		return e, false
	}
	g.attach(&e, n, i.Network)
	e.gates = make([]bool, len(g.plant.Nodes))
	for _, m := range i.Network.Gateway.Members {
		e.gates[m.Index] = true
	}
	return e, true
}

func (g *graph) flatWay(f sim.Flow, net *topology.Network) []way {
	if f.From.Interface(net) == nil || f.To.Interface(net) == nil {
		return nil
	}
	w := way{flat: true, from: g.on(f.From, net), to: g.on(f.To, net)}
	for _, p := range f.From.Ports {
		if p.Link.Passes(net) && p.Peer().Node == f.To && !forwards(f.From) && !forwards(f.To) {
			w.direct = append(w.direct, int32(p.Link.Index))
		}
	}
	return []way{w}
}

// on is an end that stays within a network.
func (g *graph) on(n *topology.Node, net *topology.Network) end {
	e := end{node: int32(n.Index), host: !forwards(n), start: none}
	switch i := n.Interface(net); {
	case !forwards(n):
		g.attach(&e, n, net)
	case ownBridge(i):
		e.net, e.start = net, g.number[spot{node: n, net: net}]
	default:
		e.net, e.doors = net, g.doors(portsOf(i), net)
	}
	return e
}

// attach finds how a host is wired to a network.
func (g *graph) attach(e *end, n *topology.Node, net *topology.Network) {
	e.net = net
	e.doors = g.doors(n.Ports, net)
	e.exits = g.exitsTo(n, net)
}

// exitsTo are those by which a network's frames reach a host.
func (g *graph) exitsTo(n *topology.Node, net *topology.Network) []exit {
	return slices.DeleteFunc(slices.Clone(g.exits[n.Index]), func(x exit) bool { return x.net != net })
}

func (g *graph) doors(ports []*topology.Port, net *topology.Network) []arc {
	var list []arc
	for _, p := range ports {
		if to, known := g.known(p.Peer(), net); known && p.Link.Passes(net) {
			list = append(list, arc{to, int32(p.Link.Index)})
		}
	}
	return list
}

// known is arrival for ports of a graph that is done.
func (g *graph) known(p *topology.Port, net *topology.Network) (int32, bool) {
	switch {
	case p.Switched(net):
		v, ok := g.number[spot{p.Node, net, entry(p)}]
		return v, ok
	case slices.Contains(portsOn(p.Node, net), p):
		v, ok := g.number[spot{node: p.Node, by: entry(p)}]
		return v, ok
	}
	return none, false
}
