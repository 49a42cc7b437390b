package model

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// tree is the spanning tree of a network.
type tree struct {
	world   *World
	seg     *segment
	machine *proto.STP
	nodes   []*topology.Node
	ports   [][]*topology.Port // by node
	cause   int                // of the latest change
}

// addTrees finds the networks that switches with a spanning tree bridge.
func (w *World) addTrees() {
	w.treesAt = map[*topology.Port][]*tree{}
	for _, s := range w.segments {
		t := &tree{world: w, seg: s}
		place := map[*topology.Node]int{}
		for _, n := range w.env.Plant.Nodes {
			if ports := treePorts(n, s.net); len(ports) > 0 {
				place[n] = len(t.nodes)
				t.nodes, t.ports = append(t.nodes, n), append(t.ports, ports)
			}
		}
		if len(t.nodes) > 0 {
			t.grow(place)
		}
	}
}

// treePorts are the ports of a node that the network's spanning tree watches.
func treePorts(n *topology.Node, net *topology.Network) []*topology.Port {
	var ports []*topology.Port
	for _, p := range n.Ports {
		if p.Link.SpanningTree() && p.Link.Carries(net) {
			ports = append(ports, p)
		}
	}
	return ports
}

// grow makes the tree as it is after a long calm.
func (t *tree) grow(place map[*topology.Node]int) {
	var bridges []proto.STPBridge
	for i, n := range t.nodes {
		b := proto.STPBridge{Priority: n.STP.Priority}
		for _, p := range t.ports[i] {
			far := p.Peer()
			to := proto.STPPort{Bridge: place[far.Node], Port: slices.Index(t.ports[place[far.Node]], far)}
			b.Ports = append(b.Ports, proto.STPPath{To: to, Cost: p.Link.PathCost()})
			t.world.treesAt[p] = append(t.world.treesAt[p], t)
		}
		bridges = append(bridges, b)
	}
	t.machine = proto.NewSTP(*t.nodes[0].STP, bridges, func(from proto.STPPort) bool { return t.seg.arrives(t.port(from)) }, t.world.env.Phase)
	t.seg.blocked = map[*topology.Port]bool{}
	t.each(func(at proto.STPPort) { t.seg.blocked[t.port(at)] = !t.machine.Forwards(at) })
	t.world.trees = append(t.world.trees, t)
}

func (t *tree) port(at proto.STPPort) *topology.Port { return t.ports[at.Bridge][at.Port] }

func (t *tree) each(f func(proto.STPPort)) {
	for i := range t.nodes {
		for j := range t.ports[i] {
			f(proto.STPPort{Bridge: i, Port: j})
		}
	}
}

// find is a port's place in the tree.
func (t *tree) find(p *topology.Port) proto.STPPort {
	i := slices.Index(t.nodes, p.Node)
	return proto.STPPort{Bridge: i, Port: slices.Index(t.ports[i], p)}
}

// treeLink tells the trees at a port that it has a carrier, or lost it.
func (w *World) treeLink(l sim.Carrier, cause int) {
	for _, t := range w.treesAt[l.Port] {
		t.machine.Link(w.env.Loop.Now(), t.find(l.Port), l.Up)
		t.follow(cause)
	}
}

// stirTrees tells the trees at a port that what it sends arrives, or no longer does.
func (w *World) stirTrees(p *topology.Port, cause int) {
	for _, t := range w.treesAt[p] {
		t.cause = cause
		t.machine.Stir(w.env.Loop.Now())
	}
}

// treeServe tells the trees at a switch that it is in service, or no longer.
func (w *World) treeServe(n *topology.Node, cause int) {
	for _, t := range w.trees {
		i := slices.Index(t.nodes, n)
		if i < 0 {
			continue
		}
		now := w.env.Loop.Now()
		t.machine.Serve(now, i, w.serves(n))
		for j, p := range t.ports[i] {
			t.machine.Link(now, proto.STPPort{Bridge: i, Port: j}, w.carrier[w.number(p)])
		}
		t.follow(cause)
	}
}

// stepTrees steps the trees that are due.
func (w *World) stepTrees(now time.Duration) {
	for _, t := range w.trees {
		if t.machine.Next() <= now && t.machine.Step(now) {
			t.follow(t.cause)
		}
	}
}

// follow brings what the tree has decided into the network.
func (t *tree) follow(cause int) {
	t.cause = cause
	t.each(func(at proto.STPPort) {
		p, blocked := t.port(at), !t.machine.Forwards(at)
		if t.seg.blocked[p] == blocked {
			return
		}
		t.seg.blocked[p] = blocked
		seq := cause
		if t.world.carrier[t.world.number(p)] && t.world.serves(p.Node) {
			seq = t.world.note(cause, p.String(), sim.TreeData{Network: t.seg.net.ID, Forwards: !blocked})
		}
		t.world.disturb(t.seg.net, seq)
	})
}
