package kernel

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// Attributes of links that golang.org/x/sys has no names for (linux/if_link.h, linux/veth.h, linux/rtnetlink.h).
const (
	vethInfoPeer     = 1
	inet6AddrGenMode = 8
	addrGenModeNone  = 1
	brForwardDelay   = 1
	brHelloTime      = 2
	brMaxAge         = 3
	brAgeingTime     = 4
	brStpState       = 5
	brPriority       = 6
	brMcastSnooping  = 23
)

// Attributes of neighbour tables (linux/neighbour.h).
const (
	ndtaName           = 1
	ndtaParms          = 6
	ndtpaIfindex       = 1
	ndtpaQueueLenBytes = 16
)

// neighbourQueue is what a device keeps for a neighbour being asked for: three packets of 2,304 octets as the kernel
// counts them, its own default before Linux 3.3.
const neighbourQueue = 3 * 2304

const (
	createNew     = unix.NLM_F_CREATE | unix.NLM_F_EXCL
	bridgeAgeing  = 300 * 100 // 300 s (IEEE 802.1D table 7-5), in hundredths
	oneQueue      = 1         // one for each processor costs a third of the time it takes to make a veth (measured)
	loopbackIndex = 1
)

// linkHeader is an ifinfomsg: index 0 leaves the choice to the kernel.
func (m *message) linkHeader(index int32, flags, change uint32) {
	m.raw(unix.AF_UNSPEC, 0, 0, 0)
	m.raw32(uint32(index))
	m.raw32(flags)
	m.raw32(change)
}

func (m *message) raw32(v uint32) { m.buf = binary.NativeEndian.AppendUint32(m.buf, v) }

// addVeth makes a lane's pair, or a part of it: a in the batch's namespace, z in that of fd. Both are born in place: to
// move a device takes the kernel twenty times as long as to make it.
func (b *batch) addVeth(a, z *device, fd int) {
	b.add("make "+a.alias, unix.RTM_NEWLINK, createNew, func() {
		b.linkHeader(a.index, 0, 0)
		b.linkAttributes(a)
		if a.bridge != nil {
			b.u32(unix.IFLA_MASTER, uint32(a.bridge.index))
		}
		b.nest(unix.IFLA_LINKINFO, func() {
			b.text(unix.IFLA_INFO_KIND, "veth")
			b.nest(unix.IFLA_INFO_DATA, func() {
				b.nest(vethInfoPeer, func() {
					b.linkHeader(z.index, 0, 0)
					b.linkAttributes(z)
					b.u32(unix.IFLA_NET_NS_FD, uint32(fd))
				})
			})
		})
	})
}

func (b *batch) linkAttributes(d *device) {
	b.text(unix.IFLA_IFNAME, d.name)
	b.bytes(unix.IFLA_ADDRESS, d.mac[:])
	b.u32(unix.IFLA_MTU, uint32(d.mtu))
	b.u32(unix.IFLA_NUM_TX_QUEUES, oneQueue)
	b.u32(unix.IFLA_NUM_RX_QUEUES, oneQueue)
	if d.group != 0 {
		b.u32(unix.IFLA_GROUP, d.group)
	}
}

// addBridge makes a bridge. Without a spanning tree it forwards on a port as soon as the port is up.
func (b *batch) addBridge(d *device) {
	b.add("make bridge "+d.alias, unix.RTM_NEWLINK, createNew, func() {
		b.linkHeader(d.index, 0, 0)
		b.text(unix.IFLA_IFNAME, d.name)
		b.bytes(unix.IFLA_ADDRESS, d.mac[:])
		b.nest(unix.IFLA_LINKINFO, func() {
			b.text(unix.IFLA_INFO_KIND, "bridge")
			b.nest(unix.IFLA_INFO_DATA, func() {
				b.u32(brAgeingTime, bridgeAgeing)
				b.treeOptions(d.tree)
				if d.knowsVLANs {
					b.vlanOptions()
				}
				b.u8(brMcastSnooping, 0)
			})
		})
	})
}

// addOn makes a device of a kind on top of another, with what the kind wants to know.
func (b *batch) addOn(on, d *device, kind string, data func()) {
	b.add("make "+d.alias, unix.RTM_NEWLINK, createNew, func() {
		b.linkHeader(d.index, 0, 0)
		b.linkAttributes(d)
		b.u32(unix.IFLA_LINK, uint32(on.index))
		b.nest(unix.IFLA_LINKINFO, func() {
			b.text(unix.IFLA_INFO_KIND, kind)
			b.nest(unix.IFLA_INFO_DATA, data)
		})
	})
}

// finish describes a device and only then sets it up, by a message of its own: in one message the kernel would do that first.
func (b *batch) finish(d *device, master int32) {
	b.describe(d, master)
	b.deviceUp(d, true)
	if d.iface != nil {
		b.shortQueue(d)
		b.addAddress(d.index, d.iface.Addr)
		b.addAddress(d.index, d.iface.Addr6)
	}
}

// describe is what a device can only be told once it exists: its alias, what it is a port or a member of (0: nothing), no
// IPv6 address of its own unless it has one from the plant.
func (b *batch) describe(d *device, master int32) {
	b.add("describe "+d.alias, unix.RTM_NEWLINK, 0, func() {
		b.linkHeader(d.index, 0, 0)
		b.text(unix.IFLA_IFALIAS, d.alias)
		if master != 0 {
			b.u32(unix.IFLA_MASTER, uint32(master))
		}
		if hasV6() && (d.iface == nil || !d.iface.Addr6.IsValid()) {
			b.withoutV6()
		}
	})
}

// withoutV6 keeps the kernel from giving the device a link-local address, and with it from multicast that would circle.
func (b *batch) withoutV6() {
	b.nest(unix.IFLA_AF_SPEC, func() {
		b.nest(unix.AF_INET6, func() { b.u8(inet6AddrGenMode, addrGenModeNone) })
	})
}

// shortQueue has a device keep few packets for a neighbour that is being asked for. By default it keeps about a hundred,
// and when a core comes back all nodes of the plant let go of theirs at once, into a backlog of 1,000 packets that in
// this kernel they share: questions to neighbours were lost there (measured), which no real plant would do.
func (b *batch) shortQueue(d *device) {
	b.add("shorten neighbour queue of "+d.alias, unix.RTM_SETNEIGHTBL, 0, func() {
		b.raw(unix.AF_INET, 0, 0, 0)
		b.text(ndtaName, "arp_cache")
		b.nest(ndtaParms, func() {
			b.u32(ndtpaIfindex, uint32(d.index))
			b.u32(ndtpaQueueLenBytes, neighbourQueue)
		})
	})
}

// addAddress gives a device an address; none when it is not valid.
func (b *batch) addAddress(index int32, p netip.Prefix) {
	if p.IsValid() {
		b.address(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, index, p)
	}
}

func (b *batch) address(kind, flags uint16, index int32, p netip.Prefix) {
	b.add("set address "+p.String(), kind, flags, func() {
		b.raw(addressFamily(p.Addr()), byte(p.Bits()), unix.IFA_F_NODAD, unix.RT_SCOPE_UNIVERSE)
		b.raw32(uint32(index))
		b.bytes(unix.IFA_LOCAL, p.Addr().AsSlice())
		b.bytes(unix.IFA_ADDRESS, p.Addr().AsSlice())
		if p.Addr().Is4() && p.Bits() < 31 {
			b.bytes(unix.IFA_BROADCAST, broadcast(p))
		}
	})
}

func addressFamily(a netip.Addr) byte {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// broadcast is the last address of an IPv4 prefix.
func broadcast(p netip.Prefix) []byte {
	b := p.Masked().Addr().As4()
	host := uint32(1)<<(32-p.Bits()) - 1
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])|host)
	return b[:]
}

// loopbackUp brings up lo, with the address of an external node.
func (b *batch) loopbackUp(n *topology.Node) {
	b.add("set up loopback of "+n.ID, unix.RTM_NEWLINK, 0, func() { b.linkHeader(loopbackIndex, unix.IFF_UP, unix.IFF_UP) })
	if n.Loopback.IsValid() {
		b.addAddress(loopbackIndex, netip.PrefixFrom(n.Loopback, n.Loopback.BitLen()))
	}
}

// groupUp sets all devices of a physical port up or down, in one message.
func (b *batch) groupUp(what string, group uint32, up bool) {
	b.add(what, unix.RTM_NEWLINK, 0, func() {
		b.linkHeader(0, upFlag(up), unix.IFF_UP)
		b.u32(unix.IFLA_GROUP, group)
	})
}

// deviceUp sets one device up or down.
func (b *batch) deviceUp(d *device, up bool) {
	b.add("set "+d.alias+" up or down", unix.RTM_NEWLINK, 0, func() {
		b.linkHeader(d.index, upFlag(up), unix.IFF_UP)
	})
}

func upFlag(up bool) uint32 {
	if up {
		return unix.IFF_UP
	}
	return 0
}
