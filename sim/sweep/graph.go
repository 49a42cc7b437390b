package sweep

import (
	"slices"
	"strconv"

	"github.com/dcdrill/dcdrill/topology"
)

// graph is the plant as packets see it. A vertex is a switch's bridging of one network, or a node's routing. Hosts and
// storage have none: they have doors, by which frames enter, and exits, by which frames reach them.
type graph struct {
	plant    *topology.Plant
	routes   []bool // by node
	vertices []vertex
	number   map[spot]int32
	arcs     [][]arc
	exits    [][]exit // by node
}

// spot is what a vertex stands for.
type spot struct {
	node *topology.Node
	net  *topology.Network // nil: it routes here
	// by is the member of an active-backup bond that the packet came in by: the others are not in use then.
	by *topology.Port
}

type vertex struct {
	node    int32
	routing bool
}

// arc is a step to another vertex; link is none within a node.
type arc struct{ to, link int32 }

// exit is where frames of a network leave a vertex for a host.
type exit struct {
	at, link int32
	net      *topology.Network
}

const none = int32(-1)

func newGraph(p *topology.Plant) *graph {
	g := &graph{plant: p, routes: routing(p), number: map[spot]int32{}, exits: make([][]exit, len(p.Nodes))}
	var spots []spot
	for _, n := range p.Nodes {
		if g.routes[n.Index] {
			spots = append(spots, spot{node: n})
		}
		if n.Kind == topology.Switch {
			for _, net := range networksAt(n) {
				spots = append(spots, spot{node: n, net: net})
			}
		}
	}
	for _, s := range spots {
		g.vertex(s)
	}
	g.welcome()
	return g
}

// welcome makes the vertices where hosts come in, so that the graph is complete.
func (g *graph) welcome() {
	for _, l := range g.plant.Links {
		for _, p := range l.Ends() {
			for _, net := range l.Networks {
				if !forwards(p.Node) {
					g.arrival(p.Peer(), net)
				}
			}
		}
	}
}

// routing says which nodes pass packets from network to network.
func routing(p *topology.Plant) []bool {
	routes := make([]bool, len(p.Nodes))
	for _, n := range p.Nodes {
		routes[n.Index] = n.Kind == topology.Router || n.Kind == topology.External || n.Routed
	}
	for _, net := range p.Networks {
		if net.Gateway == nil {
			continue
		}
		for _, m := range net.Gateway.Members {
			routes[m.Index] = true
		}
	}
	return routes
}

// networksAt lists the networks that a switch bridges.
func networksAt(n *topology.Node) []*topology.Network {
	var list []*topology.Network
	add := func(net *topology.Network) {
		if !slices.Contains(list, net) {
			list = append(list, net)
		}
	}
	for _, i := range n.Interfaces {
		if ownBridge(i) {
			add(i.Network)
		}
	}
	for _, p := range n.Ports {
		for _, net := range p.Link.Networks {
			if p.Switched(net) {
				add(net)
			}
		}
	}
	return list
}

// ownBridge says whether an interface is a switch's own, on its bridge.
func ownBridge(i *topology.Interface) bool { return i != nil && i.Port == nil && i.Bond == nil }

// vertex finds the number of a spot; a new one is made, with all that it leads to.
func (g *graph) vertex(s spot) int32 {
	v, known := g.number[s]
	if known {
		return v
	}
	v = int32(len(g.vertices))
	g.number[s] = v
	g.vertices = append(g.vertices, vertex{int32(s.node.Index), s.net == nil})
	g.arcs = append(g.arcs, nil)
	if s.net == nil {
		g.routeFrom(s, v)
	} else {
		g.bridgeFrom(s, v)
	}
	return v
}

// bridgeFrom makes the arcs of a switch's bridging.
func (g *graph) bridgeFrom(s spot, v int32) {
	for _, p := range s.node.Ports {
		if p.Link.Carries(s.net) && p.Switched(s.net) {
			g.over(s, v, p, s.net)
		}
	}
	if g.routes[s.node.Index] && ownBridge(s.node.Interface(s.net)) {
		g.arc(v, g.vertex(spot{node: s.node, by: s.by}), none)
	}
}

// routeFrom makes the arcs of a node's routing.
func (g *graph) routeFrom(s spot, v int32) {
	for _, i := range s.node.Interfaces {
		if ownBridge(i) {
			g.arc(v, g.vertex(spot{s.node, i.Network, s.by}), none)
		}
		for _, p := range portsOf(i) {
			g.over(s, v, p, i.Network)
		}
	}
}

func portsOf(i *topology.Interface) []*topology.Port {
	switch {
	case i.Port != nil:
		return []*topology.Port{i.Port}
	case i.Bond != nil:
		return i.Bond.Members
	}
	return nil
}

// over makes the arc by which a network's frames leave by a port; none where VLANs keep them from getting over and back.
func (g *graph) over(s spot, v int32, p *topology.Port, net *topology.Network) {
	if s.by != nil && s.by != p && s.by.Bond == p.Bond || !p.Link.Passes(net) {
		return
	}
	far := p.Peer().Node
	if to := g.arrival(p.Peer(), net); to != none {
		g.arc(v, to, int32(p.Link.Index))
	} else if !forwards(far) {
		g.exits[far.Index] = append(g.exits[far.Index], exit{v, int32(p.Link.Index), net})
	}
}

func (g *graph) arc(from, to, link int32) { g.arcs[from] = append(g.arcs[from], arc{to, link}) }

// arrival is the vertex that hears a network's frames first when they arrive at a port; none where nobody passes them on.
func (g *graph) arrival(p *topology.Port, net *topology.Network) int32 {
	switch {
	case p.Switched(net):
		return g.vertex(spot{p.Node, net, entry(p)})
	case g.routes[p.Node.Index] && slices.Contains(portsOn(p.Node, net), p):
		return g.vertex(spot{node: p.Node, by: entry(p)})
	}
	return none
}

// portsOn lists the ports that a routing node has an interface on a network over.
func portsOn(n *topology.Node, net *topology.Network) []*topology.Port {
	if i := n.Interface(net); i != nil {
		return portsOf(i)
	}
	return nil
}

// entry is the port by which a packet came in, where that matters.
func entry(p *topology.Port) *topology.Port {
	if p.Bond == nil || p.Bond.Mode != topology.ActiveBackup {
		return nil
	}
	return p
}

func forwards(n *topology.Node) bool { return n.Kind != topology.Host && n.Kind != topology.Storage }

// appendInts writes numbers so that different lists read differently.
func appendInts(b []byte, numbers ...int) []byte {
	for _, n := range numbers {
		b = append(strconv.AppendInt(b, int64(n), 36), ' ')
	}
	return b
}
