package kernel

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Attributes and flags of VLANs (linux/if_link.h, linux/if_bridge.h, linux/if_vlan.h, linux/rtnetlink.h).
const (
	brVLANFiltering   = 7
	brVLANDefaultPVID = 39
	bridgeFlags       = 0 // IFLA_BRIDGE_FLAGS
	bridgeVLANInfo    = 2 // IFLA_BRIDGE_VLAN_INFO
	bridgeSelf        = 2 // BRIDGE_FLAGS_SELF
	vlanPVID          = 1 << 1
	vlanUntagged      = 1 << 2
	vlanBindsBridge   = 1 << 4 // VLAN_FLAG_BRIDGE_BINDING: its carrier is that of the bridge's ports that have the VLAN
	withBridgeVLANs   = 1 << 1 // RTEXT_FILTER_BRVLAN
)

// vlanOptions are the options of a bridge that knows VLANs: a port has none until it is told.
func (b *batch) vlanOptions() {
	b.u8(brVLANFiltering, 1)
	b.bytes(brVLANDefaultPVID, binary.NativeEndian.AppendUint16(nil, 0))
}

// letThrough has devices of a bridge let networks through: the bridge itself for its own addresses, or a port of it.
func (b *batch) letThrough(l *layout, d *device) {
	for _, m := range d.lets {
		b.bridgeVLAN(unix.RTM_SETLINK, d, l.vlans[m.network], m.native)
	}
}

// bridgeVLAN puts a VLAN on a device's list, or takes it off (RTM_DELLINK).
func (b *batch) bridgeVLAN(kind uint16, d *device, vlan int, native bool) {
	flags := uint16(0)
	if native {
		flags = vlanPVID | vlanUntagged
	}
	b.add(fmt.Sprintf("set VLAN %d of %s", vlan, d.alias), kind, 0, func() {
		b.raw(unix.AF_BRIDGE, 0, 0, 0)
		b.raw32(uint32(d.index))
		b.raw32(0)
		b.raw32(0)
		b.nest(unix.IFLA_AF_SPEC, func() {
			if d.knowsVLANs {
				b.bytes(bridgeFlags, binary.NativeEndian.AppendUint16(nil, bridgeSelf))
			}
			info := binary.NativeEndian.AppendUint16(nil, flags)
			b.bytes(bridgeVLANInfo, binary.NativeEndian.AppendUint16(info, uint16(vlan)))
		})
	})
}

// widen has a bridge keep its size, whatever its ports take: each of these knows for itself what it does not pass on.
func (b *batch) widen(d *device) {
	b.add("set size of "+d.alias, unix.RTM_NEWLINK, 0, func() {
		b.linkHeader(d.index, 0, 0)
		b.u32(unix.IFLA_MTU, uint32(d.mtu))
	})
}

// addTag makes a network's device on top of another.
func (b *batch) addTag(t *tag) {
	b.addOn(t.on, &t.device, "vlan", func() {
		b.bytes(unix.IFLA_VLAN_ID, binary.NativeEndian.AppendUint16(nil, uint16(t.vlan)))
		if t.on.knowsVLANs {
			flags := binary.NativeEndian.AppendUint32(nil, vlanBindsBridge)
			b.bytes(unix.IFLA_VLAN_FLAGS, binary.NativeEndian.AppendUint32(flags, vlanBindsBridge))
		}
	})
}

// bridgeVLANs lists what the ports of bridges in the namespace let through, by device index.
func (n *netns) bridgeVLANs() (map[int32]map[int]bool, error) {
	all := map[int32]map[int]bool{}
	write := func(m *message) {
		m.raw(unix.AF_BRIDGE, 0, 0, 0)
		m.raw32(0)
		m.raw32(0)
		m.raw32(0)
		m.u32(unix.IFLA_EXT_MASK, withBridgeVLANs)
	}
	err := n.route.ask(unix.RTM_GETLINK, unix.NLM_F_DUMP, write, func(_ uint16, body []byte) {
		if len(body) < unix.SizeofIfInfomsg {
			return
		}
		vlans := map[int]bool{}
		eachAttribute(attributes(body[unix.SizeofIfInfomsg:])[unix.IFLA_AF_SPEC], func(kind uint16, value []byte) {
			if kind == bridgeVLANInfo && len(value) == 4 {
				vlans[int(nativeU16(value[2:]))] = true
			}
		})
		all[int32(nativeU32(body[4:]))] = vlans
	})
	if err != nil {
		return nil, fmt.Errorf("look at the VLANs of %s: %w", n.name, err)
	}
	return all, nil
}

// nativeVLANs says whether this kernel has VLAN devices, and bridges that know VLANs.
var nativeVLANs = sync.OnceValue(func() bool { return tried(in(addVLANs)) })

func addVLANBridge() error {
	on := true
	return netlink.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "v"}, VlanFiltering: &on})
}
