package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("bond-one-switch", "all members of a bond end at one device, and are lost with it", finding.Warning, bondOneSwitch)
}

func bondOneSwitch(c *Case) []finding.Finding {
	return aboutBonds(c, "plug one of them into another switch", func(b *topology.Bond) *remark {
		ends := far(b)
		if len(b.Members) < 2 || len(ends) > 1 {
			return nil
		}
		return &remark{text: allOf(b) + " end at " + ends[0].ID}
	})
}
