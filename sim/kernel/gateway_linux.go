package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// addVirtualRouter makes its device, which stays down. In private mode (linux/if_link.h, MACVLAN_MODE_PRIVATE) it speaks
// with the network, and with no other device on top of the same.
func (b *batch) addVirtualRouter(v *virtualRouter) {
	b.addOn(v.on, &v.device, "macvlan", func() { b.u32(unix.IFLA_MACVLAN_MODE, uint32(netlink.MACVLAN_MODE_PRIVATE)) })
	b.describe(&v.device, 0)
}

// setHolder makes a node the gateway of a network and tells the network so, or has it be so no longer.
func (c *condition) setHolder(l sim.Holder) error {
	v := c.virtualRouter(l.Node, l.Network)
	switch {
	case v == nil && len(virtual(l.Network, l.Node)) == 0:
		return nil
	case v == nil:
		return fmt.Errorf("make %s the gateway of %s: it has no address there", l.Node.ID, l.Network.ID)
	case c.holds[v] == l.On:
		return nil
	}
	c.holds[v] = l.On
	b := c.netns(l.Node).route.batch()
	if l.On {
		b.hold(v)
	} else {
		b.letGo(v)
	}
	if err := b.send(); err != nil {
		return fmt.Errorf("gateway of %s at %s: %w", l.Network.ID, l.Node.ID, err)
	}
	if !l.On {
		return nil
	}
	return c.announce(&v.device, v.addrs)
}

func (l *layout) virtualRouter(n *topology.Node, network *topology.Network) *virtualRouter {
	for _, v := range l.of(n).virtual {
		if v.network == network {
			return v
		}
	}
	return nil
}

// hold has a node answer. Its bridge is told that the address is its own now, whatever it has learnt.
func (b *batch) hold(v *virtualRouter) {
	b.deviceUp(&v.device, true)
	for _, a := range v.addrs {
		b.addAddress(v.index, netip.PrefixFrom(a, a.BitLen()))
	}
	if v.bridge != nil {
		b.ownStation(unix.RTM_NEWNEIGH, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, v)
	}
}

func (b *batch) letGo(v *virtualRouter) {
	if v.bridge != nil {
		b.ownStation(unix.RTM_DELNEIGH, 0, v)
	}
	for _, a := range v.addrs {
		b.address(unix.RTM_DELADDR, 0, v.index, netip.PrefixFrom(a, a.BitLen()))
	}
	b.deviceUp(&v.device, false)
}

// ownStation writes an entry of a bridge's table for an address of its own.
func (b *batch) ownStation(kind, flags uint16, v *virtualRouter) {
	b.add(fmt.Sprintf("tell %s of %s", v.bridge.alias, v.mac), kind, flags, func() {
		b.raw(unix.AF_BRIDGE, 0, 0, 0)
		b.raw32(uint32(v.bridge.index))
		b.raw(binary.NativeEndian.AppendUint16(nil, unix.NUD_PERMANENT)...)
		b.raw(unix.NTF_SELF, 0)
		b.bytes(unix.NDA_LLADDR, v.mac[:])
		if v.vlan != 0 {
			b.bytes(unix.NDA_VLAN, binary.NativeEndian.AppendUint16(nil, uint16(v.vlan)))
		}
	})
}
