package kernel

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"
)

// Attributes of a bridge's port (linux/if_link.h).
const (
	brportPriority  = 2
	brportCost      = 3
	mostBrportOrder = 63 // BR_MAX_PORT_PRIORITY
)

// treeOptions are the options of a bridge's spanning tree. Times are in hundredths of a second.
func (b *batch) treeOptions(t *treeSettings) {
	if t == nil {
		b.u32(brStpState, 0)
		return
	}
	hundredths := func(d time.Duration) uint32 { return uint32(d / (10 * time.Millisecond)) }
	b.u32(brForwardDelay, hundredths(t.ForwardDelay))
	b.u32(brHelloTime, hundredths(t.Hello))
	b.u32(brMaxAge, hundredths(t.MaxAge))
	b.bytes(brPriority, binary.NativeEndian.AppendUint16(nil, t.priority))
	b.u32(brStpState, 1)
}

// costs tells bridges with a spanning tree what their ports cost and in which order they stand: by themselves they take
// every veth for 10 Gbit/s, and the order in which ports were joined.
func (b *batch) costs(n *nodeLayout) {
	order := map[*device]uint16{}
	for _, d := range n.ports {
		if d.bridge == nil || d.bridge.tree == nil {
			continue
		}
		place := min(order[d.bridge], mostBrportOrder)
		order[d.bridge]++
		b.add("set cost of "+d.alias, unix.RTM_SETLINK, 0, func() {
			b.raw(unix.AF_BRIDGE, 0, 0, 0)
			b.raw32(uint32(d.index))
			b.raw32(0)
			b.raw32(0)
			b.nest(unix.IFLA_PROTINFO, func() {
				b.bytes(brportPriority, binary.NativeEndian.AppendUint16(nil, place))
				b.u32(brportCost, uint32(d.port.Link.PathCost()))
			})
		})
	}
}
