package kernel

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// An array may have several ports on one network, and each controller its own. Where Linux has several addresses in one
// subnet it answers for all of them at any port, and sends by the first. So each of those addresses gets a table of its
// own, as administrators of multi-homed hosts do (ip-rule(8), Documentation/networking/ip-sysctl.rst, arp_ignore).

// firstTable is where these tables begin; those below 256 have names.
const firstTable = 1000

// ownPorts has a port answer ARP for its own address alone, and speak for it.
var ownPorts = []sysctl{
	{"ipv4/conf/all/arp_ignore", "1"},
	{"ipv4/conf/all/arp_announce", "2"},
	{"ipv4/conf/all/rp_filter", "0"},
	{"ipv4/conf/default/rp_filter", "0"},
}

// crowded lists the interfaces of a node that share their network with another one of it.
func crowded(n *topology.Node) []*topology.Interface {
	var all []*topology.Interface
	for _, i := range n.Interfaces {
		for _, other := range n.Interfaces {
			if other != i && other.Network == i.Network {
				all = append(all, i)
				break
			}
		}
	}
	return all
}

// sourceRoutes has what comes from an address leave by the port that has it, on nodes with several on one network.
func (b *batch) sourceRoutes(l *layout, n *topology.Node) {
	for at, i := range crowded(n) {
		index, table := l.deviceOf(i).index, uint32(firstTable+at)
		for _, own := range []netip.Prefix{i.Addr, i.Addr6} {
			if own.IsValid() {
				b.routeIn(table, own.Masked(), index)
				b.ruleFrom(own.Addr(), table)
			}
		}
	}
}

// routeIn adds a route to neighbours to a table of its own.
func (b *batch) routeIn(table uint32, to netip.Prefix, index int32) {
	b.add("route "+to.String()+" of one port", unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, func() {
		b.raw(addressFamily(to.Addr()), byte(to.Bits()), 0, 0, unix.RT_TABLE_UNSPEC, unix.RTPROT_STATIC, unix.RT_SCOPE_LINK, unix.RTN_UNICAST)
		b.raw32(0)
		b.u32(unix.RTA_TABLE, table)
		b.bytes(unix.RTA_DST, to.Addr().AsSlice())
		b.u32(unix.RTA_OIF, uint32(index))
	})
}

// ruleFrom has a table looked up for what comes from an address.
func (b *batch) ruleFrom(from netip.Addr, table uint32) {
	b.add("rule for what comes from "+from.String(), unix.RTM_NEWRULE, unix.NLM_F_CREATE, func() {
		b.raw(addressFamily(from), 0, byte(from.BitLen()), 0, unix.RT_TABLE_UNSPEC, 0, 0, unix.FR_ACT_TO_TBL)
		b.raw32(0)
		b.bytes(unix.FRA_SRC, from.AsSlice())
		b.u32(unix.FRA_TABLE, table)
	})
}
