package gate

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim/finding"
)

func init() {
	register("mtu", "a link cannot carry the largest packets of its networks", finding.Error, mtu)
}

func mtu(c *Case) []finding.Finding {
	var s sayings
	for _, l := range c.Plant.Links {
		for _, n := range l.Networks {
			if l.MTU < n.MTU {
				s.say(c.link(l), fmt.Sprintf("takes packets of up to %d bytes, and %s has up to %d", l.MTU, n.ID, n.MTU), l.Pos)
			}
		}
	}
	return s.findings("raise the mtu of the link, or lower that of the network")
}
