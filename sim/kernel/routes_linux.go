package kernel

import (
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

var anywhere4, anywhere6 = netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")

// defaultRoutes sends a host's traffic to the gateway of its first network that has one.
func (b *batch) defaultRoutes(l *layout, n *topology.Node) {
	if routes(n.Kind, n) {
		return
	}
	for _, i := range n.Interfaces {
		if i.Network.Gateway == nil {
			continue
		}
		d := l.device(n, i.Network)
		b.route(anywhere4, []nextHop{{i.Network.Gateway.Addr, d.index}})
		if i.Network.Gateway.Addr6.IsValid() && i.Addr6.IsValid() {
			b.route(anywhere6, []nextHop{{i.Network.Gateway.Addr6, d.index}})
		}
		return
	}
}

type nextHop struct {
	via   netip.Addr
	index int32
}

// route adds a route, or replaces the one to the same prefix.
func (b *batch) route(to netip.Prefix, hops []nextHop) {
	b.add("route "+to.String(), unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, func() {
		b.raw(addressFamily(to.Addr()), byte(to.Bits()), 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_STATIC, unix.RT_SCOPE_UNIVERSE, unix.RTN_UNICAST)
		b.raw32(0)
		if to.Bits() > 0 {
			b.bytes(unix.RTA_DST, to.Addr().AsSlice())
		}
		if len(hops) == 1 {
			b.bytes(unix.RTA_GATEWAY, hops[0].via.AsSlice())
			b.u32(unix.RTA_OIF, uint32(hops[0].index))
			return
		}
		b.nest(unix.RTA_MULTIPATH, func() {
			for _, h := range hops {
				b.hop(h)
			}
		})
	})
}

// hop writes an rtnexthop with its gateway.
func (b *batch) hop(h nextHop) {
	at := len(b.buf)
	b.raw(0, 0, 0, 0)
	b.raw32(uint32(h.index))
	b.bytes(unix.RTA_GATEWAY, h.via.AsSlice())
	native16(b.buf[at:], uint16(len(b.buf)-at))
}

// unroute takes a route away, of that origin.
func (b *batch) unroute(to netip.Prefix, origin byte) {
	b.add("remove route "+to.String(), unix.RTM_DELROUTE, 0, func() {
		b.raw(addressFamily(to.Addr()), byte(to.Bits()), 0, 0, unix.RT_TABLE_MAIN, origin, unix.RT_SCOPE_NOWHERE, unix.RTN_UNICAST)
		b.raw32(0)
		if to.Bits() > 0 {
			b.bytes(unix.RTA_DST, to.Addr().AsSlice())
		}
	})
}

// setControl applies what the control laws say.
func (c *condition) setControl(levels []sim.Level) error {
	for _, l := range levels {
		var err error
		switch l := l.(type) {
		case sim.Holder:
			err = c.setHolder(l)
		case sim.Routes:
			err = c.setRoutes(l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setRoutes replaces a node's table, where no daemons do. A node out of service gets its routes when it is in service again.
func (c *condition) setRoutes(l sim.Routes) error {
	if len(l.Node.Daemons) > 0 {
		return nil // they do that themselves
	}
	c.tables[l.Node] = l.Routes
	if c.stage[l.Node.Index] != topology.Forwarding {
		return nil
	}
	return c.writeRoutes(l.Node, c.written[l.Node])
}

// restoreRoutes gives a node that is in service again its table. The kernel dropped what led over its bridges.
func (c *condition) restoreRoutes(n *topology.Node) error {
	b := c.netns(n).route.batch()
	b.defaultRoutes(c.layout, n)
	if err := b.send(); err != nil {
		return fmt.Errorf("routes of %s: %w", n.ID, err)
	}
	if len(n.Daemons) > 0 {
		return c.forgetDaemons(n)
	}
	return c.writeRoutes(n, nil)
}

// writeRoutes writes what is not as it was: first what there is, then what there is no more, so that no packet falls
// between.
func (c *condition) writeRoutes(n *topology.Node, was map[netip.Prefix][]sim.Hop) error {
	b := c.netns(n).route.batch()
	b.forgive = unix.ESRCH // the kernel has dropped it already
	is := map[netip.Prefix][]sim.Hop{}
	for _, r := range c.tables[n] {
		is[r.To] = r.Hops
		if hops, known := was[r.To]; !known || !slices.Equal(hops, r.Hops) {
			c.changes[n]++
			b.route(r.To, c.nextHops(n, r))
		}
	}
	for to := range c.written[n] {
		if _, stays := is[to]; !stays {
			c.changes[n]++
			b.unroute(to, unix.RTPROT_STATIC)
		}
	}
	if err := b.send(); err != nil {
		return fmt.Errorf("routes of %s: %w", n.ID, err)
	}
	c.written[n] = is
	return nil
}

func (c *condition) nextHops(n *topology.Node, r sim.Route) []nextHop {
	var hops []nextHop
	for _, h := range r.Hops {
		if d := c.device(n, h.Network); d != nil {
			hops = append(hops, nextHop{h.Via, d.index})
		}
	}
	return hops
}
