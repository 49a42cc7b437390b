package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

// Attributes of the network emulator (linux/pkt_sched.h).
const (
	netemReorder   = 3
	netemCorrupt   = 4
	netemRate      = 6
	netemRate64    = 8
	netemLatency64 = 10
	netemJitter64  = 11
	netemSeed      = 14
)

const (
	sizeofTcmsg  = 20
	sizeofNetem  = 24      // tc_netem_qopt
	netemHandle  = 1 << 16 // 1:
	wholePercent = math.MaxUint32
)

// setImpairments has ports treat what they send. Where the kernel has its network emulator, it stands at the port's
// devices from the first impairment on and is told anew each time: taking it away would lose what waits in it. Elsewhere
// the guard at the far end loses frames by the kernel's dice.
func (c *condition) setImpairments(ports []*topology.Port) error {
	for _, p := range ports {
		b := c.netns(p.Node).route.batch()
		for _, ln := range c.byLink[p.Link] {
			b.emulate(ln.end(p), c.impaired[p])
		}
		if err := b.send(); err != nil {
			return fmt.Errorf("in %s: %w", p.Node.ID, err)
		}
	}
	return nil
}

// emulate puts the network emulator at a device, or tells the one that stands there. The library for netlink leaves out
// what is zero, and the kernel then keeps what was.
func (b *batch) emulate(d *device, i topology.Impairment) {
	b.add("impair "+d.alias, unix.RTM_NEWQDISC, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, func() {
		b.trafficHeader(d.index)
		b.text(unix.TCA_KIND, "netem")
		b.nest(unix.TCA_OPTIONS, func() {
			gap := uint32(0)
			if i.Reorder > 0 {
				gap = 1
			}
			for _, v := range []uint32{0, uint32(i.Frames()), shareOf(i.Loss), gap, shareOf(i.Duplicate), 0} {
				b.raw32(v)
			}
			b.pair(netemReorder, shareOf(i.Reorder))
			b.pair(netemCorrupt, shareOf(i.Corrupt))
			b.rate(i.Rate)
			b.u64(netemLatency64, uint64(i.Delay))
			b.u64(netemJitter64, uint64(i.Jitter))
			b.u64(netemSeed, uint64(d.index)) // the same dice in every run; kernels before 6.6 throw their own
		})
	})
}

// trafficHeader is a tcmsg about what stands at a device's root.
func (m *message) trafficHeader(index int32) {
	m.raw(unix.AF_UNSPEC, 0, 0, 0)
	m.raw32(uint32(index))
	m.raw32(netemHandle)
	m.raw32(netlink.HANDLE_ROOT)
	m.raw32(0)
}

func (m *message) u64(kind uint16, v uint64) { m.bytes(kind, binary.NativeEndian.AppendUint64(nil, v)) }

// pair is a probability without correlation.
func (m *message) pair(kind uint16, share uint32) {
	m.bytes(kind, binary.NativeEndian.AppendUint64(nil, uint64(share)))
}

// rate is in octets a second, without overheads; 0 is none.
func (m *message) rate(r topology.Bitrate) {
	octets := uint64(r) / 8
	b := binary.NativeEndian.AppendUint32(nil, uint32(min(octets, math.MaxUint32)))
	if octets > math.MaxUint32 {
		m.u64(netemRate64, octets)
	}
	m.bytes(netemRate, append(b, make([]byte, 12)...))
}

// shareOf is a probability as the kernel counts it.
func shareOf(share float64) uint32 { return uint32(share * wholePercent) }

// emulated is what the network emulator at a device was told, and how many frames it has seen, those that it has lost or
// holds included. There is none where kind is empty.
type emulated struct {
	is     topology.Impairment
	frames int // that may wait
	stands bool
	seen   uint64
}

// emulator looks at what stands at a device.
func (n *netns) emulator(index int32) (e emulated, err error) {
	write := func(m *message) { m.trafficHeader(index) }
	err = n.route.ask(unix.RTM_GETQDISC, unix.NLM_F_DUMP, write, func(_ uint16, body []byte) {
		if len(body) < sizeofTcmsg || int32(nativeU32(body[4:])) != index {
			return
		}
		a := attributes(body[sizeofTcmsg:])
		if string(a[unix.TCA_KIND]) != "netem\x00" || len(a[unix.TCA_OPTIONS]) < sizeofNetem {
			return
		}
		e = emulatedOf(a[unix.TCA_OPTIONS], a[unix.TCA_STATS])
	})
	if err != nil {
		return e, fmt.Errorf("look at what stands at device %d of %s: %w", index, n.name, err)
	}
	return e, nil
}

func emulatedOf(options, stats []byte) emulated {
	share := func(b []byte) float64 {
		if len(b) < 4 {
			return 0
		}
		return float64(nativeU32(b)) / wholePercent
	}
	a := attributes(options[sizeofNetem:])
	e := emulated{stands: true, frames: int(nativeU32(options[4:])), is: topology.Impairment{
		Loss: share(options[8:]), Duplicate: share(options[16:]), Corrupt: share(a[netemCorrupt]), Reorder: share(a[netemReorder]),
	}}
	if b := a[netemLatency64]; len(b) == 8 {
		e.is.Delay = time.Duration(nativeU64(b))
	}
	if b := a[netemJitter64]; len(b) == 8 {
		e.is.Jitter = time.Duration(nativeU64(b))
	}
	if b := a[netemRate]; len(b) >= 4 {
		e.is.Rate = 8 * topology.Bitrate(nativeU32(b))
	}
	if b := a[netemRate64]; len(b) == 8 {
		e.is.Rate = 8 * topology.Bitrate(nativeU64(b))
	}
	if len(stats) >= 32 { // tc_stats: octets, packets, drops, overlimits, two rates, queue
		e.seen = uint64(nativeU32(stats[8:])) + uint64(nativeU32(stats[12:])) + uint64(nativeU32(stats[28:]))
	}
	return e
}

// witnessImpaired sees a frame come past the emulator at every device of the port, and that it was told what it should
// be; or looks at the rules of the guard at the far end.
func (c *condition) witnessImpaired(l sim.Impaired) (bool, string, error) {
	if !nativeNetem() {
		return c.witnessLoss(l)
	}
	for _, ln := range c.byLink[l.Port.Link] {
		d := ln.end(l.Port)
		e, err := c.netns(l.Port.Node).emulator(d.index)
		switch {
		case err != nil:
			return false, "", err
		case !e.stands && l.Impairment != topology.Impairment{}:
			return false, d.alias + ": no network emulator stands there", nil
		case !like(e.is, l.Impairment) || e.frames != l.Frames():
			return false, fmt.Sprintf("%s: the network emulator does %s, and has %d frames wait", d.alias, e.is, e.frames), nil
		}
	}
	if l.Impairment == (topology.Impairment{}) {
		return true, "frames from " + l.Port.String() + " pass unharmed", nil
	}
	return c.seesFrame(l)
}

// seesFrame sends a frame and sees that the emulator had it. One that no link can carry at present proves nothing, and
// harms nobody.
func (c *condition) seesFrame(l sim.Impaired) (bool, string, error) {
	what := "frames from " + l.Port.String() + " suffer " + l.Impairment.String()
	lanes := c.byLink[l.Port.Link]
	if len(lanes) == 0 || c.down[l.Port] {
		return true, what, nil
	}
	n, index := c.netns(l.Port.Node), lanes[0].end(l.Port).index
	before, err := n.emulator(index)
	if err != nil {
		return false, "", err
	}
	if err := c.sendCanary(l.Port); err != nil {
		return false, "", fmt.Errorf("send a frame to see it impaired: %w", err)
	}
	after, err := n.emulator(index)
	if err != nil {
		return false, "", err
	}
	if after.seen == before.seen {
		return false, "the network emulator at " + l.Port.String() + " sees no frames", nil
	}
	return true, what, nil
}

// like compares what the kernel was told with what it says: it counts shares and octets in whole numbers.
func like(a, b topology.Impairment) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-6 }
	return a.Delay == b.Delay && a.Jitter == b.Jitter && near(a.Loss, b.Loss) && near(a.Corrupt, b.Corrupt) &&
		near(a.Duplicate, b.Duplicate) && near(a.Reorder, b.Reorder) && a.Rate/8 == b.Rate/8
}

// witnessLoss looks at the guard that loses frames in the emulator's place.
func (c *condition) witnessLoss(l sim.Impaired) (bool, string, error) {
	at := l.Port.Peer()
	g := c.guard(at.Node)
	ok, why, err := g.obeys(g.follows.lossy[at] == l.Loss)
	if ok && l.Loss > 0 {
		why = "frames from " + l.Port.String() + " suffer " + l.Impairment.String()
	}
	return ok, why, err
}

// nativeNetem says whether this kernel has a network emulator.
var nativeNetem = sync.OnceValue(func() bool { return tried(in(addNetem)) })

// impairing looks whether this kernel can do what a scenario does to frames.
func impairing(words []string) error {
	if nativeNetem() {
		return nil
	}
	lacking := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "loss" })
	if len(lacking) == 0 {
		return nil
	}
	return &box.Unavailable{
		What:   "this kernel has no network emulator (CONFIG_NET_SCH_NETEM) for " + strings.Join(lacking, ", "),
		Remedy: "sudo modprobe sch_netem, or use --world capsule", Err: sim.ErrUnsupported, Driver: true,
	}
}

// impairs says what this kernel has for impaired links.
func impairs() sim.Capability {
	if nativeNetem() {
		return sim.Capability{Name: "impaired links", Status: sim.Native, Why: "the kernel's network emulator (netem)"}
	}
	return sim.Capability{Name: "impaired links", Status: sim.Emulated, Why: "loss by the dice of nftables; delay and the rest need netem"}
}
