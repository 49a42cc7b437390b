package model

import (
	"net/netip"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// everywhere is the prefix of an external node: the Internet.
var everywhere = netip.PrefixFrom(netip.IPv4Unspecified(), 0)

// routing is the plant's routers, and the machine that keeps their tables.
type routing struct {
	world    *World
	fabric   *proto.Fabric
	machine  *proto.Routes
	index    map[*topology.Node]int // in fabric.Routers
	edges    []edge                 // by edge of the fabric
	own      []*topology.Interface  // by origin of the fabric; nil: a loopback's
	nodes    [][]int                // by router: its origins without an interface
	next     map[netip.Addr]nextHop // who has the address that packets are sent on to
	internet int                    // the index of everywhere; proto.None without an external node
}

// edge is the two interfaces of an edge.
type edge [2]*topology.Interface

// nextHop is who answers for an address: a virtual gateway or one interface.
type nextHop struct {
	gateway *gateway
	tap     *topology.Interface
}

// newRouting finds the plant's routers and what they have of their own.
func newRouting(w *World) *routing {
	r := &routing{world: w, fabric: &proto.Fabric{}, index: map[*topology.Node]int{}, next: map[netip.Addr]nextHop{}}
	r.addRouters()
	r.addAddresses()
	for _, n := range w.env.Plant.Nodes {
		if _, routes := r.index[n]; routes {
			r.addOrigins(n)
		}
	}
	for _, s := range w.segments {
		r.addEdges(s)
	}
	r.machine = proto.NewRoutes(r.fabric, w.env.Plant.Routing, w.env.Phase)
	r.internet = r.machine.Tables().Prefix(everywhere)
	return r
}

// addRouters numbers the nodes that route. Members of one virtual gateway share a brain.
func (r *routing) addRouters() {
	brains := newBrains(r.world.env.Plant)
	for _, n := range r.world.env.Plant.Nodes {
		if brain, routes := brains.of(n); routes {
			r.index[n] = len(r.fabric.Routers)
			r.fabric.Routers = append(r.fabric.Routers, proto.Router{Node: n, Brain: brain})
		}
	}
	r.nodes = make([][]int, len(r.fabric.Routers))
}

// addOrigins lists the prefixes of a router: its networks, and for an external node itself and everywhere.
func (r *routing) addOrigins(n *topology.Node) {
	for _, i := range n.Interfaces {
		if s := r.world.segments[i.Network.Index]; s.advertised() {
			s.origins = append(s.origins, len(r.own))
			r.addOrigin(n, i.Network.Subnet.Masked(), i)
		}
	}
	if n.Loopback.IsValid() {
		r.nodes[r.index[n]] = []int{len(r.own), len(r.own) + 1}
		r.addOrigin(n, host(n.Loopback), nil)
		r.addOrigin(n, everywhere, nil)
	}
}

func (r *routing) addOrigin(n *topology.Node, p netip.Prefix, i *topology.Interface) {
	r.own = append(r.own, i)
	r.fabric.Origins = append(r.fabric.Origins, proto.Origin{Router: r.index[n], Prefix: p})
}

// addAddresses lists who answers for the addresses that routers have on networks.
func (r *routing) addAddresses() {
	for _, s := range r.world.segments {
		for _, t := range s.taps {
			r.next[t.Addr.Addr()] = nextHop{tap: t}
		}
		if s.gateway != nil {
			r.next[s.gateway.conf.Addr] = nextHop{gateway: s.gateway}
		}
	}
}

// addEdges makes neighbours of all routers on a network that are not one for the others.
func (r *routing) addEdges(s *segment) {
	var taps []*topology.Interface
	for _, t := range s.taps {
		if _, routes := r.index[t.Node]; routes {
			taps = append(taps, t)
		}
	}
	for i, a := range taps {
		for _, b := range taps[i+1:] {
			if r.brain(a.Node) != r.brain(b.Node) {
				s.edges = append(s.edges, len(r.edges))
				r.edges = append(r.edges, edge{a, b})
				r.fabric.Edges = append(r.fabric.Edges, proto.Edge{
					Ends:    [2]int{r.index[a.Node], r.index[b.Node]},
					Network: s.net,
					Via:     [2]netip.Addr{s.address(a), s.address(b)},
				})
			}
		}
	}
}

func (r *routing) brain(n *topology.Node) int { return r.fabric.Routers[r.index[n]].Brain }

// address is the one by which others on the network send on to a router: a virtual gateway's own.
func (s *segment) address(i *topology.Interface) netip.Addr {
	if s.gateway != nil && slices.Contains(s.gateway.conf.Members, i.Node) {
		return s.gateway.conf.Addr
	}
	return i.Addr.Addr()
}

// advertised says whether other routers learn of the network. The links of a routed fabric between its own switches are
// nobody's destination (RFC 7938, 5.2.3).
func (s *segment) advertised() bool {
	return slices.ContainsFunc(s.taps, func(i *topology.Interface) bool { return !i.Node.Routed })
}

// host is the prefix of one address.
func host(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// tellRouters tells the routers of a change on a network.
func (w *World) tellRouters(now time.Duration, s *segment, cause int) {
	r := w.routing
	for _, e := range s.edges {
		a, b := r.edges[e][0], r.edges[e][1]
		present := s.delivers(a, b, a.Node) && s.delivers(b, a, b.Node)
		r.machine.Edge(now, e, present, !s.lit(a) || !s.lit(b), cause)
	}
	for _, o := range s.origins {
		i := r.own[o]
		r.machine.Origin(now, o, s.serves(i.Node) && s.lit(i), cause)
	}
}

// tellRouter tells the routers that a node has come into service or gone out of it.
func (w *World) tellRouter(n *topology.Node, cause int) {
	r := w.routing
	if i, routes := r.index[n]; routes {
		for _, o := range r.nodes[i] {
			r.machine.Origin(w.env.Loop.Now(), o, w.serves(n), cause)
		}
	}
}

// stepRoutes brings what is due into the tables, and marks the routers whose tables changed.
func (w *World) stepRoutes(now time.Duration) {
	if w.routing.machine.Next() > now {
		return
	}
	var levels []sim.Level
	changed, cause := w.routing.machine.Step(now)
	for i, count := range changed {
		if count == 0 {
			continue
		}
		n := w.routing.fabric.Routers[i].Node
		w.touched.mark(w.nodeKey(n), w.note(cause, n.ID, sim.RoutesData{Changed: count}))
		if w.opts.OnControl != nil {
			levels = append(levels, w.routing.machine.Table(i))
		}
	}
	w.control(cause, levels...)
}

// levels are all routers' tables.
func (r *routing) levels() []sim.Level {
	var levels []sim.Level
	for i := range r.fabric.Routers {
		levels = append(levels, r.machine.Table(i))
	}
	return levels
}
