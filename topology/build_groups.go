package topology

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func (b *builder) groups() {
	for _, item := range b.spec.Groups {
		b.checkID(item.Key, item.Pos)
		s := item.Value
		g := &Group{ID: item.Key, Redundant: len(s.Redundant) > 0, Shares: s.Shares, Pos: item.Pos}
		for _, w := range append(slices.Clone(s.Redundant), s.Members...) {
			b.groupMember(g, w)
		}
		if len(s.Redundant)+len(s.Members) == 0 {
			b.ps.Add(item.Pos, "list nodes or links under redundant or members", "group %q has no members", g.ID)
		}
		if s.Pair != nil {
			b.pair(g, s.Pair)
		}
		if s.Guard != nil {
			b.guard(g, s.Guard)
		}
		b.plant.Groups = append(b.plant.Groups, g)
	}
}

// groupMember adds what a word names: a node, a family, a range or a link.
func (b *builder) groupMember(g *Group, w yamlfile.Word) {
	parts, ok := b.plant.lookup(w.Text)
	if !ok || len(parts.groups)+len(parts.ports)+len(parts.bonds) > 0 {
		b.ps.Add(w.Pos, b.plant.hint(w.Text), "no node or link %q", w.Text)
		return
	}
	for _, n := range parts.nodes {
		if !slices.Contains(g.Nodes, n) {
			g.Nodes = append(g.Nodes, n)
		}
	}
	for _, l := range parts.links {
		if !slices.Contains(g.Links, l) {
			g.Links = append(g.Links, l)
		}
	}
}

// pair resolves what two switches agree on.
func (b *builder) pair(g *Group, s *PairSpec) {
	if len(g.Nodes) != 2 || g.Nodes[0].Kind != Switch || g.Nodes[1].Kind != Switch {
		b.ps.Add(s.Pos, "", "a pair is two switches, %s is not", g.ID)
		return
	}
	g.Pair = &Pair{DelayRestore: s.DelayRestore, AutoRecovery: s.AutoRecovery.D}
	between := b.linksBetween(g.Nodes[0], g.Nodes[1])
	switch {
	case s.PeerLink.Text != "":
		g.Pair.PeerLink = b.plant.Link(s.PeerLink.Text)
		if !slices.Contains(between, g.Pair.PeerLink) && !b.refused[s.PeerLink.Text] {
			b.ps.Add(s.PeerLink.Pos, yamlfile.Suggest(s.PeerLink.Text, linkIDs(between)), "no link %q between %s and %s", s.PeerLink.Text, g.Nodes[0].ID, g.Nodes[1].ID)
		}
	case len(between) == 1:
		g.Pair.PeerLink = between[0]
	default:
		b.ps.Add(s.Pos, "name it: peer_link", "%d links between %s and %s, which is the peer link?", len(between), g.Nodes[0].ID, g.Nodes[1].ID)
	}
}

// guard finds out whether the links of a group can be guarded together.
func (b *builder) guard(g *Group, s *GuardSpec) {
	g.Guard = &Guard{MinLinks: s.MinLinks, ErrDisable: s.ErrDisable}
	switch {
	case len(g.Nodes) > 0 || len(g.Links) == 0:
		b.ps.Add(s.Pos, "give it a group of links alone", "a guard watches links, and %s has others", g.ID)
	case len(g.Meet()) == 0:
		b.ps.Add(s.Pos, "", "a guard sits where its links meet, and those of %s have no node in common", g.ID)
	case s.MinLinks < 1 || s.MinLinks > len(g.Links):
		b.ps.Add(s.Pos, "", "min_links of %s is %d: it has %d", g.ID, s.MinLinks, len(g.Links))
	}
}

func (b *builder) linksBetween(x, y *Node) []*Link {
	var list []*Link
	for _, p := range x.Ports {
		if p.Peer().Node == y {
			list = append(list, p.Link)
		}
	}
	return list
}

func linkIDs(list []*Link) []string {
	var out []string
	for _, l := range list {
		out = append(out, l.ID)
	}
	return out
}
