package topology

import (
	"cmp"
	"slices"
	"strings"
)

// check looks at the whole plant for what no single entry shows.
func (b *builder) check() {
	b.checkNames()
	for _, d := range b.nodes {
		n := d.node
		if d.wanted {
			continue
		}
		if n.Kind == Host || n.Kind == Storage {
			b.ps.Add(n.Pos, "give it ports: {eth0: core1}", "%s is wired to nothing", n.ID)
		} else {
			b.note("%s is wired to nothing", n.ID)
		}
	}
	b.checkLoops()
	b.needs()
}

// checkNames refuses names that a target could not tell apart. A family and a group of the same nodes may share one.
func (b *builder) checkNames() {
	p := b.plant
	for _, g := range p.Groups {
		f := p.Family(g.ID)
		if p.Node(g.ID) != nil || p.Link(g.ID) != nil || len(f) > 0 && !slices.Equal(f, g.Nodes) {
			b.ps.Add(g.Pos, "", "group %q has the name of other nodes or of a link", g.ID)
		}
	}
	seen := map[string]bool{}
	for _, l := range p.Links {
		if l.Named && (p.Node(l.ID) != nil || p.Family(l.ID) != nil || seen[l.ID]) {
			b.ps.Add(l.Pos, "", "link %q has the name of a node or of another link", l.ID)
		}
		seen[l.ID] = true
	}
}

// checkLoops complains of rings of links over which frames of a network would run for ever. Only switches bridge; the
// members of a bond are one edge, for only one is used at a time or all go to the same peer.
func (b *builder) checkLoops() {
	type loop struct {
		closing *Link
		ring    string
	}
	var order []loop
	over := map[loop][]*Network{}
	trunks := make([][]*Link, len(b.plant.Networks))
	for _, l := range b.plant.Links {
		for _, n := range l.Networks {
			if l.trunk() {
				trunks[n.Index] = append(trunks[n.Index], l)
			}
		}
	}
	for _, n := range b.plant.Networks {
		for _, ring := range loops(trunks[n.Index]) {
			l := loop{ring[len(ring)-1], strings.Join(linkIDs(ring), ", ")}
			if over[l] == nil {
				order = append(order, l)
			}
			over[l] = append(over[l], n)
		}
	}
	for _, l := range order {
		b.ps.Add(l.closing.Pos, "take the network off one of them, make them a bond, or set stp: true on a switch",
			"%s closes a bridging loop in %s (%s)", l.closing.ID, idsOf(over[l]), l.ring)
	}
}

// loops lists the rings of a network's trunks, the link that closes each of them last.
func loops(trunks []*Link) [][]*Link {
	t := tree{parent: map[*Node]*Node{}, by: map[*Node]*Link{}, root: map[*Node]*Node{}}
	seen := map[*Bond]bool{}
	var rings [][]*Link
	for _, l := range trunks {
		bond := l.A.Bond
		if bond == nil {
			bond = l.B.Bond
		}
		if bond != nil && seen[bond] {
			continue
		}
		seen[bond] = bond != nil
		ring := t.join(l)
		if ring != nil && !slices.ContainsFunc(ring, func(l *Link) bool { return l.A.Node.STP != nil || l.B.Node.STP != nil }) {
			rings = append(rings, ring)
		}
	}
	return rings
}

// tree grows over the links that make no loop.
type tree struct {
	parent map[*Node]*Node
	by     map[*Node]*Link // the link to the parent
	root   map[*Node]*Node
}

// join adds a link; it returns the ring that the link would close, and leaves it out then.
func (t *tree) join(l *Link) []*Link {
	a, z := l.A.Node, l.B.Node
	ra, rz := t.find(a), t.find(z)
	if ra == rz {
		return append(t.path(a, z), l)
	}
	t.reroot(z)
	t.parent[z], t.by[z] = a, l
	t.root[rz] = ra
	return nil
}

func (t *tree) find(n *Node) *Node {
	for t.root[n] != nil {
		n = t.root[n]
	}
	return n
}

// reroot turns the way from n to its root round, so that n can be hung below another node.
func (t *tree) reroot(n *Node) {
	var above *Node
	var link *Link
	for n != nil {
		next, by := t.parent[n], t.by[n]
		t.parent[n], t.by[n] = above, link
		above, link, n = n, by, next
	}
}

// path lists the links from a to z.
func (t *tree) path(a, z *Node) []*Link {
	depth := map[*Node]int{}
	for n, d := a, 1; n != nil; n, d = t.parent[n], d+1 {
		depth[n] = d
	}
	var down []*Link
	meet := z
	for ; depth[meet] == 0; meet = t.parent[meet] {
		down = append(down, t.by[meet])
	}
	var up []*Link
	for n := a; n != meet; n = t.parent[n] {
		up = append(up, t.by[n])
	}
	slices.Reverse(down)
	return append(up, down...)
}

// treeNeeds says what a spanning tree would have to be able to do at a port, and is not; empty when it is.
func treeNeeds(p *Port) string {
	switch far := p.Peer(); {
	case p.Node.STP == nil || !p.Link.trunk():
		return ""
	case far.Node.STP == nil:
		return "a spanning tree that goes on behind a switch without one (" + p.Node.ID + " has stp, " + far.Node.ID + " has not)"
	case p.Bond != nil || far.Bond != nil:
		return "a spanning tree over a bond (" + cmp.Or(p.Bond, far.Bond).String() + ")"
	}
	return ""
}

// needs lists the words that parse but that this version cannot run.
func (b *builder) needs() {
	for _, n := range b.plant.Nodes {
		for _, p := range n.Ports {
			if need := treeNeeds(p); need != "" && !slices.Contains(b.plant.Needs, need) {
				b.plant.Needs = append(b.plant.Needs, need)
				break
			}
		}
	}
}
