package gate

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("native-mismatch", "the two ends of a link do not send the same network without a tag", finding.Error, nativeMismatch)
}

func nativeMismatch(c *Case) []finding.Finding {
	var s sayings
	for _, l := range c.Plant.Links {
		if l.A.Native != l.B.Native {
			s.say(c.link(l), fmt.Sprintf("%s sends %s without a tag, and %s %s", end(l.A), untagged(l.A), end(l.B), untagged(l.B)), l.Pos)
		}
	}
	return s.findings("give both ends the same native network")
}

// end names a port so that those of a family are told as one.
func end(p *topology.Port) string {
	if p.Node.ID != p.Node.Family {
		return "any of " + p.Node.Family
	}
	return p.Node.ID
}

func untagged(p *topology.Port) string {
	if p.Native == nil {
		return "nothing"
	}
	return p.Native.ID
}
