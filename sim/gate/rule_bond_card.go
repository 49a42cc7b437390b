package gate

import (
	"strings"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("bond-one-card", "all members of a bond are on one line card or controller of a device that has several", finding.Warning, bondOneCard)
}

func bondOneCard(c *Case) []finding.Finding {
	return aboutBonds(c, "use a port of another card", func(b *topology.Bond) *remark {
		var there []*topology.Port
		for _, m := range b.Members {
			there = append(there, m.Peer())
		}
		for _, ports := range [][]*topology.Port{b.Members, there} {
			if name := oneCard(ports); name != "" {
				return &remark{text: allOf(b) + " are on card " + name + " of " + ports[0].Node.ID}
			}
		}
		return nil
	})
}

// oneCard is the card that several ports of one node share, where that node uses others too; else empty.
func oneCard(ports []*topology.Port) string {
	if len(ports) < 2 {
		return ""
	}
	name := card(ports[0])
	for _, p := range ports {
		if p.Node != ports[0].Node || card(p) != name {
			return ""
		}
	}
	for _, p := range ports[0].Node.Ports {
		if card(p) != "" && card(p) != name {
			return name
		}
	}
	return ""
}

// card is what stands before the last stroke of a port's name: Ethernet1 of Ethernet1/49, a of a/e0.
func card(p *topology.Port) string {
	i := strings.LastIndex(p.Name, "/")
	return p.Name[:max(i, 0)]
}
