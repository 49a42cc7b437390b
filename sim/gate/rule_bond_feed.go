package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("bond-one-feed", "all devices at the far ends of a bond hang on one power feed", finding.Warning, bondOneFeed)
}

func bondOneFeed(c *Case) []finding.Finding {
	return aboutBonds(c, "give one of these devices another feed", func(b *topology.Bond) *remark {
		ends := far(b)
		if len(ends) < 2 || len(ends[0].Feeds) != 1 {
			return nil // one device is another rule's
		}
		var at []topology.Pos
		for _, n := range ends {
			if !hangsOn(n, ends[0].Feeds[0]) {
				return nil
			}
			at = append(at, n.Pos)
		}
		return &remark{allOf(b) + " end at devices with no feed but " + ends[0].Feeds[0], at}
	})
}
