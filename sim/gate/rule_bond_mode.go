package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("bond-mode", "a bond whose far end cannot speak its mode", finding.Error, bondMode)
}

// bondMode looks at 802.3ad, which needs a partner (IEEE 802.1AX, 6.4): the same mode at the far end, where a switch
// that does not say what its ports are is believed, and one system there or a pair that looks like one.
func bondMode(c *Case) []finding.Finding {
	return aboutBonds(c, "use one mode at both ends, and 802.3ad towards one switch or a pair only", func(b *topology.Bond) *remark {
		if b.Mode != topology.LACP {
			return nil // told at the other end
		}
		for _, m := range b.Members {
			switch other := m.Peer(); {
			case other.Bond != nil && other.Bond.Mode != b.Mode:
				return &remark{text: "802.3ad, and at the other end " + other.Bond.String() + " is " + string(other.Bond.Mode)}
			case other.Bond == nil && other.Node.Kind != topology.Switch:
				return &remark{text: "802.3ad, and at the other end " + other.String() + " is in no bond"}
			}
		}
		if ends := far(b); len(ends) > 1 && !paired(c.Plant, ends) {
			return &remark{text: "802.3ad to " + report.And(ids(ends)) + ", which are no pair"}
		}
		return nil
	})
}

// paired says whether nodes are members of one pair.
func paired(p *topology.Plant, nodes []*topology.Node) bool {
	for _, g := range p.Groups {
		if g.Pair != nil && holdsAll(g.Nodes, nodes) {
			return true
		}
	}
	return false
}
