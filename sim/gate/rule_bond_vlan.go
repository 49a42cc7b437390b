package gate

import (
	"fmt"
	"slices"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("bond-vlan", "the members of a bond carry different networks: a failover loses some", finding.Error, bondVLAN)
}

func bondVLAN(c *Case) []finding.Finding {
	return aboutBonds(c, "let all of them carry the same networks", func(b *topology.Bond) *remark {
		for _, n := range networksOf(b) {
			var with, without *topology.Port
			for _, m := range b.Members {
				if m.Link.Passes(n) {
					with = m
				} else {
					without = m
				}
			}
			if with != nil && without != nil {
				return &remark{text: fmt.Sprintf("%s carries %s (VLAN %d), and %s does not", with.Name, n.ID, n.VLAN, without.Name), at: []topology.Pos{without.Link.Pos}}
			}
		}
		return nil
	})
}

// networksOf lists what the members of a bond are to carry.
func networksOf(b *topology.Bond) []*topology.Network {
	var all []*topology.Network
	for _, m := range b.Members {
		for _, n := range m.Link.Networks {
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	return all
}
