package kernel

import (
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// announceAll tells a device's network of its own addresses, and of those that its node answers for as a gateway.
func (c *condition) announceAll(d *device) error {
	own := []netip.Addr{d.iface.Addr.Addr()}
	if d.iface.Addr6.IsValid() {
		own = append(own, d.iface.Addr6.Addr())
	}
	err := c.announce(d, own)
	if v := c.virtualRouter(d.node, d.iface.Network); err == nil && c.holds[v] {
		err = c.announce(&v.device, v.addrs)
	}
	return err
}

// tellBehind sends a frame for every machine that a switch has learnt on other ports of the bond's bridge, so that the
// switches above find them by the new way. Without it they would send to the old port until the machine speaks.
func (c *condition) tellBehind(d *bondDevice) error {
	known, err := c.netns(d.node).learnt(d.bridge.index, d.index)
	if err != nil {
		return err
	}
	if d.bridge.iface != nil {
		known = append(known, station{mac: d.bridge.mac})
	}
	for _, t := range c.of(d.node).tags {
		known = append(known, station{t.mac, t.vlan})
	}
	for _, v := range c.of(d.node).virtual {
		if c.holds[v] && v.bridge == d.bridge {
			known = append(known, station{v.mac, v.vlan})
		}
	}
	for _, s := range known {
		frame, passes := c.asSent(&d.device, s)
		if !passes {
			continue
		}
		if err := c.netns(d.node).transmit(d.index, frame); err != nil {
			return fmt.Errorf("notify the switches above %s: %w", d.alias, err)
		}
	}
	return nil
}

// station is an address, and the VLAN that it was learnt in; 0 where a bridge knows none.
type station struct {
	mac  topology.HardwareID
	vlan int
}

// asSent is the frame that tells of a station as a device of a bridge sends it: with the tag of its VLAN, unless that is
// native there. Nothing is sent of a VLAN that the device does not let through.
func (l *layout) asSent(d *device, s station) (frame []byte, passes bool) {
	frame = reverseARP(s.mac)
	if !d.bridge.knowsVLANs {
		return frame, true
	}
	for _, m := range d.lets {
		if l.vlans[m.network] != s.vlan {
			continue
		}
		if !m.native {
			frame = slices.Insert(frame, 2*len(s.mac), 0x81, 0, byte(s.vlan>>8), byte(s.vlan)) // IEEE 802.1Q, 9.6
		}
		return frame, true
	}
	return nil, false
}

// learnt lists the addresses that a bridge has learnt on all ports but one.
func (n *netns) learnt(bridge, except int32) ([]station, error) {
	var known []station
	write := func(m *message) {
		m.raw(unix.AF_BRIDGE, 0, 0, 0)
		m.raw32(0)
		m.raw32(0)
		m.raw32(0)
		m.u32(unix.IFLA_MASTER, uint32(bridge))
	}
	err := n.route.ask(unix.RTM_GETNEIGH, unix.NLM_F_DUMP, write, func(_ uint16, body []byte) {
		if s, port, ok := learntOf(body); ok && port != except {
			known = append(known, s)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read what %s has learnt: %w", n.name, err)
	}
	return known, nil
}

// learntOf reads an entry of a bridge's table; not ok when it is the bridge's own (permanent).
func learntOf(body []byte) (s station, port int32, ok bool) {
	if len(body) < unix.SizeofNdMsg {
		return s, 0, false
	}
	port = int32(nativeU32(body[4:]))
	state := nativeU16(body[8:])
	a := attributes(body[unix.SizeofNdMsg:])
	address := a[unix.NDA_LLADDR]
	if state&unix.NUD_PERMANENT != 0 || len(address) != len(s.mac) {
		return s, 0, false
	}
	if vlan := a[unix.NDA_VLAN]; len(vlan) == 2 {
		s.vlan = int(nativeU16(vlan))
	}
	s.mac = topology.HardwareID(address)
	return s, port, true
}
