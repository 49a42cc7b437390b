package gate

import (
	"cmp"
	"slices"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
)

// places are where the file speaks of an element, in its order: of a conduit every link that is laid in it, of a feed
// every node that has no other.
func places(p *topology.Plant, e sweep.Element) []topology.Pos {
	var at []topology.Pos
	switch e.Kind {
	case sweep.Conduit:
		for _, l := range p.Links {
			if l.Conduit == e.ID {
				at = append(at, l.ConduitPos)
			}
		}
	case sweep.Feed:
		for _, n := range p.Nodes {
			if hangsOn(n, e.ID) {
				at = append(at, n.Pos)
			}
		}
	default:
		at = append(at, e.Pos)
	}
	return inOrder(at)
}

// hangsOn says whether a node has this feed and no other.
func hangsOn(n *topology.Node, feed string) bool {
	return len(n.Feeds) > 0 && !slices.ContainsFunc(n.Feeds, func(f string) bool { return f != feed })
}

// inOrder sorts places as they stand in the file, each once; those without a line are none.
func inOrder(at []topology.Pos) []topology.Pos {
	at = slices.DeleteFunc(at, func(p topology.Pos) bool { return p.Line == 0 })
	slices.SortFunc(at, func(a, b topology.Pos) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.Compact(at)
}

// put places a finding: at the last place of several, which is the one that made it so, the others beside it.
func put(f *finding.Finding, at []topology.Pos) {
	if len(at) == 0 {
		return
	}
	last := len(at) - 1
	f.Pos, f.Also = at[last], append(slices.Clone(at[:last]), f.Also...)
}
