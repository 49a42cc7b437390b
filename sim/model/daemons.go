package model

import (
	"fmt"

	"github.com/dcdrill/dcdrill/topology"
)

// Lawless says why nobody can say beforehand how the plant's routers route; empty where somebody can. The law speaks for
// daemons where every router runs some and the file says when a silent neighbour is lost: their configurations are not read.
func Lawless(p *topology.Plant) string {
	if !p.RunsDaemons() {
		return ""
	}
	brains := newBrains(p)
	for _, n := range p.Nodes {
		_, routes := brains.of(n)
		switch {
		case !routes:
		case len(n.Daemons) == 0:
			return fmt.Sprintf("others run daemons, and router %s runs none", n.ID)
		case !p.Routing.Stated:
			return fmt.Sprintf("router %s runs daemons, and the plant does not say when they give up a silent neighbour (routing: {hello: 30s, hold: 90s})", n.ID)
		}
	}
	return ""
}
