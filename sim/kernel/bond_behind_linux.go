package kernel

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// addressesAt are a bond's own addresses and those that it answers for as a gateway.
func (c *condition) addressesAt(d *bondDevice) []netip.Addr {
	addrs := []netip.Addr{d.iface.Addr.Addr()}
	if d.iface.Addr6.IsValid() {
		addrs = append(addrs, d.iface.Addr6.Addr())
	}
	if c.holds[holding{d.node, d.network}] {
		addrs = append(addrs, virtual(d.network, d.node)...)
	}
	return addrs
}

// tellBehind sends a frame for every machine that a switch has learnt on other ports of the bond's bridge, so that the
// switches above find them by the new way. Without it they would send to the old port until the machine speaks.
func (c *condition) tellBehind(d *bondDevice) error {
	macs, err := c.netns(d.node).learnt(d.bridge.index, d.index)
	if err != nil {
		return err
	}
	if d.bridge.iface != nil {
		macs = append(macs, d.bridge.mac)
	}
	for _, mac := range macs {
		if err := c.netns(d.node).transmit(d.index, reverseARP(mac)); err != nil {
			return fmt.Errorf("notify the switches above %s: %w", d.alias, err)
		}
	}
	return nil
}

// learnt lists the addresses that a bridge has learnt on all ports but one.
func (n *netns) learnt(bridge, except int32) ([]topology.HardwareID, error) {
	var macs []topology.HardwareID
	write := func(m *message) {
		m.raw(unix.AF_BRIDGE, 0, 0, 0)
		m.raw32(0)
		m.raw32(0)
		m.raw32(0)
		m.u32(unix.IFLA_MASTER, uint32(bridge))
	}
	err := n.route.ask(unix.RTM_GETNEIGH, unix.NLM_F_DUMP, write, func(_ uint16, body []byte) {
		if mac, port, ok := learntOf(body); ok && port != except {
			macs = append(macs, mac)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read what %s has learnt: %w", n.name, err)
	}
	return macs, nil
}

// learntOf reads an entry of a bridge's table; not ok when it is the bridge's own (permanent).
func learntOf(body []byte) (mac topology.HardwareID, port int32, ok bool) {
	if len(body) < unix.SizeofNdMsg {
		return mac, 0, false
	}
	port = int32(nativeU32(body[4:]))
	state := nativeU16(body[8:])
	address := attributes(body[unix.SizeofNdMsg:])[unix.NDA_LLADDR]
	if state&unix.NUD_PERMANENT != 0 || len(address) != len(mac) {
		return mac, 0, false
	}
	return topology.HardwareID(address), port, true
}
