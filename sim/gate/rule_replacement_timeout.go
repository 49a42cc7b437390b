package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("replacement-timeout", "a lost iSCSI session is waited for as long as its default says, before another path is used", finding.Warning, replacementTimeout)
}

// replacementTimeout looks at guests with sessions of their own: a hypervisor's multipathing sets the timeout itself.
func replacementTimeout(c *Case) []finding.Finding {
	var s sayings
	for _, n := range c.Plant.Nodes {
		for _, d := range n.Datastores {
			if d.Guest && len(d.Paths) > 1 && d.Replacement == nil {
				s.say(c.at(n, "/"+d.ID), "sessions in guests wait "+report.Duration(topology.DefaultReplacement)+" for a lost one before another path is used", d.Pos)
			}
		}
	}
	return s.findings("set replacement_timeout: 5s, as multipathing wants it")
}
