package gate

import (
	"time"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("bond-updelay", "a bond returns to its primary while the switch there has carrier and does not forward yet", finding.Warning, bondUpdelay)
}

// bondUpdelay looks at bonds that return to a primary by themselves; the others stay where they are.
func bondUpdelay(c *Case) []finding.Finding {
	return aboutBonds(c, "set updelay longer than that, or primary_reselect: failure", func(b *topology.Bond) *remark {
		if b.Primary == nil || b.Reselect == topology.ReselectFailure || b.Mode != topology.ActiveBackup {
			return nil
		}
		there := b.Primary.Peer().Node
		dark := darkBoot(c.Plant, there)
		if b.Updelay >= dark {
			return nil
		}
		return &remark{text: "returns to " + b.Primary.Name + " after " + report.Duration(b.Updelay) + ", yet a rebooting " +
			there.ID + " has carrier " + report.Duration(dark) + " before it forwards"}
	})
}

// darkBoot is how long a booting node has carrier towards hosts and forwards nothing. A pair with delay_restore gives
// them none before it forwards.
func darkBoot(p *topology.Plant, n *topology.Node) time.Duration {
	for _, g := range p.Groups {
		if g.Pair != nil && g.Pair.DelayRestore > 0 && holdsAll(g.Nodes, []*topology.Node{n}) {
			return 0
		}
	}
	return n.Boot.PortsUp + n.Boot.ControlPlane + n.Boot.Peering
}
