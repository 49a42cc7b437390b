package gate

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

// remark is what a rule says of a bond.
type remark struct {
	text string
	at   []topology.Pos // where it was typed, if not with the bond
}

// aboutBonds makes findings of the bonds of which there is something to say.
func aboutBonds(c *Case, remedy string, say func(*topology.Bond) *remark) []finding.Finding {
	var s sayings
	for _, n := range c.Plant.Nodes {
		for _, b := range n.Bonds {
			r := say(b)
			if r == nil {
				continue
			}
			if len(r.at) == 0 {
				r.at = []topology.Pos{b.Pos}
			}
			s.say(c.bond(b), r.text, r.at...)
		}
	}
	return s.findings(remedy)
}

// far lists the nodes at the other ends of a bond, each once.
func far(b *topology.Bond) []*topology.Node {
	var nodes []*topology.Node
	for _, m := range b.Members {
		if n := m.Peer().Node; !slices.Contains(nodes, n) {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// allOf says "both" where there are two.
func allOf(b *topology.Bond) string {
	if len(b.Members) == 2 {
		return "both members"
	}
	return "all members"
}
