package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
)

func init() {
	register("single-fed", "what is said to be redundant hangs on one power feed, each", finding.Warning, singleFed)
}

func singleFed(c *Case) []finding.Finding {
	var s sayings
	for _, g := range c.Plant.Groups {
		for _, n := range g.Nodes {
			if g.Redundant && len(n.Feeds) > 0 && hangsOn(n, n.Feeds[0]) {
				s.say(c.node(n), "no feed but "+n.Feeds[0]+", to stand in for others of "+g.ID, n.Pos)
			}
		}
	}
	return s.findings("wire it to a second feed")
}
