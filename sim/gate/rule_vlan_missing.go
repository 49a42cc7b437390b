package gate

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim/finding"
)

func init() {
	register("vlan-missing", "a switch's port does not let a network through that its link is to carry", finding.Error, vlanMissing)
}

// vlanMissing looks at links that stand alone; those of bonds are held against each other by bondVLAN.
func vlanMissing(c *Case) []finding.Finding {
	var s sayings
	for _, l := range c.Plant.Links {
		if l.A.Bond != nil || l.B.Bond != nil {
			continue
		}
		for _, p := range l.Ends() {
			for _, n := range p.Lacks {
				s.say(c.link(l), fmt.Sprintf("%s does not let %s (VLAN %d) through, which the link is to carry", p, n.ID, n.VLAN), l.Pos)
			}
		}
	}
	return s.findings("add the VLAN to the port, or take the network off the link")
}
