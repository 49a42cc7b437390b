package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("bond-one-conduit", "all members of a bond lie in one conduit: one digger cuts them", finding.Warning, bondOneConduit)
}

func bondOneConduit(c *Case) []finding.Finding {
	return aboutBonds(c, "lay one of them elsewhere", func(b *topology.Bond) *remark {
		var at []topology.Pos
		for _, m := range b.Members {
			if m.Link.Conduit == "" || m.Link.Conduit != b.Members[0].Link.Conduit {
				return nil
			}
			at = append(at, m.Link.ConduitPos)
		}
		if len(b.Members) < 2 {
			return nil
		}
		return &remark{allOf(b) + " lie in conduit " + b.Members[0].Link.Conduit, at}
	})
}
