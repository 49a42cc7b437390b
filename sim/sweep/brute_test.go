package sweep

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// ruin is a plant of which some has failed, and the definition of a path in plain words: it floods frames from port to
// port, without the graph, the classes or the search of the program.
type ruin struct {
	plant *topology.Plant
	nodes map[*topology.Node]bool
	links map[*topology.Link]bool
}

// station is a node that hears a frame, and the member of an active-backup bond that it hears it by.
type station struct {
	node *topology.Node
	by   *topology.Port
}

func (r *ruin) connected(f sim.Flow) bool {
	if len(f.Networks) > 0 {
		return slices.ContainsFunc(f.Networks, func(n *topology.Network) bool { return r.within(f.From, f.To, n) })
	}
	to := f.To.Primary()
	if to != nil && !f.To.Loopback.IsValid() && f.From.Interface(to.Network) != nil {
		return r.within(f.From, f.To, to.Network)
	}
	return r.routed(f.From, f.To) && r.routed(f.To, f.From)
}

// within says whether frames get from one node to another without leaving a network.
func (r *ruin) within(from, to *topology.Node, net *topology.Network) bool {
	if from.Interface(net) == nil || to.Interface(net) == nil || r.nodes[from] {
		return false
	}
	for s := range r.hear(station{node: from}, net) {
		if s.node == to {
			return true
		}
	}
	return false
}

// routed says whether packets get from one node to another by way of gateways.
func (r *ruin) routed(from, to *topology.Node) bool {
	first, last := from.Primary(), to.Primary()
	if first == nil || last == nil || r.nodes[from] || r.nodes[to] {
		return false
	}
	var queue []station
	seen := map[station]bool{}
	visit := func(s station) {
		if !seen[s] && r.routes(s.node) {
			seen[s] = true
			queue = append(queue, s)
		}
	}
	if forwards(from) {
		visit(station{node: from})
	} else {
		if first.Network.Gateway == nil || !forwards(to) && last.Network.Gateway == nil {
			return false
		}
		for s := range r.hear(station{node: from}, first.Network) {
			if slices.Contains(first.Network.Gateway.Members, s.node) {
				visit(s)
			}
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		if queue[0].node == to {
			return true
		}
		for _, i := range queue[0].node.Interfaces {
			for s := range r.hear(queue[0], i.Network) {
				if s.node == to && !forwards(to) && i.Network == last.Network {
					return true
				}
				visit(s)
			}
		}
	}
	return false
}

func (r *ruin) routes(n *topology.Node) bool {
	if n.Kind == topology.Router || n.Kind == topology.External || n.Routed {
		return true
	}
	return slices.ContainsFunc(r.plant.Networks, func(net *topology.Network) bool {
		return net.Gateway != nil && slices.Contains(net.Gateway.Members, n)
	})
}

// hear is who hears what a node sends on a network.
func (r *ruin) hear(from station, net *topology.Network) map[station]bool {
	heard, passed := map[station]bool{}, map[station]bool{}
	var send func(s station, bridging bool)
	send = func(s station, bridging bool) {
		for _, p := range s.node.Ports {
			q := p.Peer()
			ours := p.Switched(net) && bridging || !bridging && r.own(p, net)
			other := s.by != nil && s.by != p && s.by.Bond == p.Bond
			if !ours || other || !p.Link.Passes(net) || r.links[p.Link] || r.nodes[q.Node] {
				continue
			}
			next := station{node: q.Node}
			if q.Bond != nil && q.Bond.Mode == topology.ActiveBackup && forwards(q.Node) {
				next.by = q
			}
			if !q.Switched(net) {
				if r.own(q, net) {
					heard[next] = true
				}
				continue
			}
			if q.Node.Interface(net) != nil {
				heard[next] = true
			}
			if !passed[next] {
				passed[next] = true
				send(next, true)
			}
		}
	}
	send(from, from.node.Kind == topology.Switch && ownBridge(from.node.Interface(net)))
	return heard
}

// own says whether a port is a node's own on a network: a host's that carries it, or one with an address on it.
func (r *ruin) own(p *topology.Port, net *topology.Network) bool {
	if !forwards(p.Node) {
		return p.Link.Carries(net)
	}
	i := p.Node.Interface(net)
	return i != nil && (i.Port == p || i.Bond != nil && i.Bond == p.Bond)
}

// lose makes a plant of which these elements have failed.
func lose(p *topology.Plant, lost []Element) *ruin {
	r := &ruin{plant: p, nodes: map[*topology.Node]bool{}, links: map[*topology.Link]bool{}}
	feeds := map[string]bool{}
	for _, e := range lost {
		switch e.Kind {
		case Node:
			r.nodes[p.Node(e.ID)] = true
		case Link:
			r.links[p.Link(e.ID)] = true
		case Transceiver:
			r.links[p.Port(e.ID).Link] = true
		case Feed:
			feeds[e.ID] = true
		case Conduit:
			for _, l := range p.Links {
				r.links[l] = r.links[l] || l.Conduit == e.ID
			}
		case Group:
			for _, n := range p.Group(e.ID).Nodes {
				r.nodes[n] = true
			}
			for _, l := range p.Group(e.ID).Links {
				r.links[l] = true
			}
		}
	}
	for _, n := range p.Nodes {
		dark := len(n.Feeds) > 0 && !slices.ContainsFunc(n.Feeds, func(f string) bool { return !feeds[f] })
		r.nodes[n] = r.nodes[n] || dark
	}
	return r
}

// everything lists the elements of a plant.
func everything(p *topology.Plant) []Element {
	var all []Element
	conduits, feeds := map[string]bool{}, map[string]bool{}
	for _, n := range p.Nodes {
		all = append(all, Element{Kind: Node, ID: n.ID})
		for _, f := range n.Feeds {
			if !feeds[f] {
				feeds[f] = true
				all = append(all, Element{Kind: Feed, ID: f})
			}
		}
	}
	for _, l := range p.Links {
		all = append(all, Element{Kind: Link, ID: l.ID})
		for _, end := range l.Ends() {
			if end.Optic != nil {
				all = append(all, Element{Kind: Transceiver, ID: end.String()})
			}
		}
		if l.Conduit != "" && !conduits[l.Conduit] {
			conduits[l.Conduit] = true
			all = append(all, Element{Kind: Conduit, ID: l.Conduit})
		}
	}
	for _, g := range p.Groups {
		if len(g.Shares) > 0 {
			all = append(all, Element{Kind: Group, ID: g.ID})
		}
	}
	return all
}

// brute tries every combination up to a size. It gives the minimal cut sets, and how many combinations of each size cut.
func brute(p *topology.Plant, flows []sim.Flow, depth int) (cuts []string, failing []int) {
	all := everything(p)
	minimal := map[string]bool{}
	failing = make([]int, depth+1)
	known := map[string]bool{}
	severed := func(lost []Element) bool {
		r := lose(p, lost)
		key := r.key()
		if _, ok := known[key]; !ok {
			known[key] = slices.ContainsFunc(flows, func(f sim.Flow) bool { return !r.connected(f) })
		}
		return known[key]
	}
	for size := 1; size <= depth; size++ {
		choose(len(all), size, func(picked []int) {
			lost := make([]Element, size)
			for i, at := range picked {
				lost[i] = all[at]
			}
			if part(lost, minimal) {
				failing[size]++
				return
			}
			if severed(lost) {
				failing[size]++
				minimal[nameOf(lost)] = true
			}
		})
	}
	for c := range minimal {
		cuts = append(cuts, c)
	}
	slices.Sort(cuts)
	return cuts, failing
}

func (r *ruin) key() string {
	b := make([]byte, 0, 64)
	for _, n := range r.plant.Nodes {
		b = append(b, '0'+byte(flag(r.nodes[n])))
	}
	for _, l := range r.plant.Links {
		b = append(b, '0'+byte(flag(r.links[l])))
	}
	return string(b)
}

// choose calls with every choice of size numbers below n, in order.
func choose(n, size int, call func([]int)) {
	picked := make([]int, size)
	var from func(at, least int)
	from = func(at, least int) {
		if at == size {
			call(picked)
			return
		}
		for i := least; i < n; i++ {
			picked[at] = i
			from(at+1, i+1)
		}
	}
	from(0, 0)
}

// part says whether a cut set is among what is lost.
func part(lost []Element, cuts map[string]bool) bool {
	for mask := 1; mask < 1<<len(lost); mask++ {
		var some []Element
		for i, e := range lost {
			if mask>>i&1 == 1 {
				some = append(some, e)
			}
		}
		if cuts[nameOf(some)] {
			return true
		}
	}
	return false
}

func nameOf(elements []Element) string {
	var names []string
	for _, e := range elements {
		names = append(names, string(e.Kind)+" "+e.ID)
	}
	slices.Sort(names)
	return strings.Join(names, " + ")
}

// spelled is a sweep's cut sets element by element.
func spelled(w *Workload) []string {
	var all []string
	for _, c := range w.Cuts {
		sets := [][]Element{nil}
		for _, f := range c.Fates {
			var longer [][]Element
			for _, s := range sets {
				for _, e := range f.Elements {
					longer = append(longer, append(slices.Clone(s), e))
				}
			}
			sets = longer
		}
		for _, s := range sets {
			all = append(all, nameOf(s))
		}
	}
	slices.Sort(all)
	return all
}

// TestCutSetsEqualBruteForce tries every combination of failures of random plants, by a definition of its own.
func TestCutSetsEqualBruteForce(t *testing.T) {
	const plants = 1000
	sizes, feeds, groups, flows := [MaxDepth + 1]int{}, 0, 0, 0
	for seed := range uint64(plants) {
		d := newDice(seed)
		p := randomPlant(t, d)
		depth := 1 + int(seed%MaxDepth)
		u := use("w", connectedFlows(d, p, 3)...)
		r, err := Run(context.Background(), p, []*sim.Use{u}, Options{Depth: depth})
		require.NoError(t, err)
		flowsOf := flowsOf(u)
		want, failing := brute(p, flowsOf, depth)
		require.Equal(t, want, nilToEmpty(spelled(r.Workloads[0])), "seed %d, depth %d\n%s\n%s", seed, depth, words(flowsOf), source(seed))
		for i, c := range r.Combinations() {
			require.EqualValues(t, failing[i+1], c.Cut.Int64(), "seed %d: combinations of %d that cut", seed, c.Failures)
		}
		hits(t, p, r.Workloads[0])
		for _, c := range r.Workloads[0].Cuts {
			sizes[len(c.Fates)]++
			for _, f := range c.Fates {
				feeds += flag(f.Elements[0].Kind == Feed)
				groups += flag(f.Elements[0].Kind == Group || f.Elements[0].Kind == Conduit)
			}
		}
		flows += len(u.Members)
	}
	t.Logf("%d plants, %d flows, minimal cut sets by size: %v; feeds in %d, groups and conduits in %d", plants, flows, sizes[1:], feeds, groups)
	for _, n := range append(sizes[1:], feeds, groups) {
		require.Greater(t, n, 100, "the random plants have too little of what is tested")
	}
}

// hits looks whether each cut set names just the members that it cuts.
func hits(t *testing.T, p *topology.Plant, w *Workload) {
	t.Helper()
	for _, c := range w.Cuts {
		var lost []Element
		for _, f := range c.Fates {
			lost = append(lost, f.Elements[0])
		}
		r := lose(p, lost)
		var want []*sim.Member
		for _, m := range w.Use.Members {
			if !r.connected(m.Talk.Flow()) {
				want = append(want, m)
			}
		}
		require.Equal(t, want, c.Members)
	}
}

// connectedFlows are up to n random flows that have a path when nothing has failed.
func connectedFlows(d dice, p *topology.Plant, n int) []sim.Flow {
	whole := lose(p, nil)
	var list []sim.Flow
	for range 20 {
		if f := d.flow(p); len(list) < n && whole.connected(f) {
			list = append(list, f)
		}
	}
	return list
}

func flowsOf(u *sim.Use) []sim.Flow {
	var list []sim.Flow
	for _, m := range u.Members {
		list = append(list, m.Talk.Flow())
	}
	return list
}

func words(flows []sim.Flow) string {
	var b strings.Builder
	for _, f := range flows {
		fmt.Fprintf(&b, "%s to %s over", f.From.ID, f.To.ID)
		for _, n := range f.Networks {
			b.WriteString(" " + n.ID)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// source is the text of the plant that a seed made.
func source(seed uint64) string {
	again := newDice(seed)
	for {
		text := again.plant()
		if _, err := topology.Parse("", []byte(text)); err == nil {
			return text
		}
	}
}

func nilToEmpty(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}
