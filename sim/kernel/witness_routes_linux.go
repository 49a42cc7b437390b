package kernel

import (
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
)

// witnessRoutes compares the kernel's table with the one that the node should have.
func (c *condition) witnessRoutes(l sim.Routes) (bool, string, error) {
	if len(l.Node.Daemons) > 0 {
		return true, l.Node.ID + " is its daemons' to route", nil
	}
	have, err := c.netns(l.Node).table(func(origin byte) bool { return origin == unix.RTPROT_STATIC })
	if err != nil {
		return false, "", err
	}
	for _, r := range l.Routes {
		want := c.nextHops(l.Node, r)
		got := have[r.To]
		delete(have, r.To)
		if !slices.Equal(sortedHops(got), sortedHops(want)) {
			return false, fmt.Sprintf("%s sends %s to %v instead of %v", l.Node.ID, r.To, got, want), nil
		}
	}
	for to := range have {
		return false, fmt.Sprintf("%s still has a route to %s", l.Node.ID, to), nil
	}
	return true, fmt.Sprintf("%s has its %d routes", l.Node.ID, len(l.Routes)), nil
}

func sortedHops(hops []nextHop) []nextHop {
	return slices.SortedFunc(slices.Values(hops), func(a, b nextHop) int { return a.via.Compare(b.via) })
}

// table lists the routes of some origins in the main table.
func (n *netns) table(of func(origin byte) bool) (map[netip.Prefix][]nextHop, error) {
	found := map[netip.Prefix][]nextHop{}
	write := func(m *message) { m.raw(make([]byte, unix.SizeofRtMsg)...) }
	err := n.route.ask(unix.RTM_GETROUTE, unix.NLM_F_DUMP, write, func(_ uint16, body []byte) {
		if len(body) >= unix.SizeofRtMsg && body[4] == unix.RT_TABLE_MAIN && of(body[5]) {
			to, hops := routeOf(body)
			found[to] = hops
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list routes of %s: %w", n.name, err)
	}
	return found, nil
}

// routeOf reads an rtmsg and its attributes.
func routeOf(body []byte) (netip.Prefix, []nextHop) {
	a := attributes(body[unix.SizeofRtMsg:])
	to, ok := netip.AddrFromSlice(a[unix.RTA_DST])
	if !ok && body[0] == unix.AF_INET {
		to = netip.IPv4Unspecified()
	} else if !ok {
		to = netip.IPv6Unspecified()
	}
	prefix := netip.PrefixFrom(to, int(body[1]))
	if many := a[unix.RTA_MULTIPATH]; many != nil {
		return prefix, hopsOf(many)
	}
	via, _ := netip.AddrFromSlice(a[unix.RTA_GATEWAY])
	hop := nextHop{via: via}
	if oif := a[unix.RTA_OIF]; len(oif) == 4 {
		hop.index = int32(nativeU32(oif))
	}
	return prefix, []nextHop{hop}
}

// hopsOf reads a list of rtnexthop.
func hopsOf(b []byte) []nextHop {
	var hops []nextHop
	for len(b) >= unix.SizeofRtNexthop {
		size := int(nativeU16(b))
		if size < unix.SizeofRtNexthop || size > len(b) {
			break
		}
		via, _ := netip.AddrFromSlice(attributes(b[unix.SizeofRtNexthop:size])[unix.RTA_GATEWAY])
		hops = append(hops, nextHop{via, int32(nativeU32(b[4:]))})
		b = b[min(len(b), (size+3)&^3):]
	}
	return hops
}
