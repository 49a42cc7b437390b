package workload

import (
	"context"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("reach", "ask again and again whether one place reaches another and back (ICMP or UDP echo)",
		func() sim.Workload { return new(Reach) })
}

const (
	// ReachTolerates is what a network is expected to hide: protection switching and failovers within it end below a
	// second (BFD at 3 x 300 ms: FRR doc/user/bfd.rst), and more is noticed. Chosen.
	ReachTolerates = time.Second
	// ReachInterval makes an outage known to 10 ms; 200 members then cost half a core (measured).
	ReachInterval = 10 * time.Millisecond
)

// Reach is whether packets get from one place to another and back. Over several networks at once it is served while any
// of them answers.
type Reach struct {
	Ends
	Bears
	Proto    string        `yaml:"proto" enum:"icmp|udp" doc:"what is sent: icmp (default) or udp, echoed by a server"`
	Interval time.Duration `yaml:"interval,positive" doc:"from one echo to the next; 10ms by default, more when there are very many members"`
}

// Tolerates is ReachTolerates, or as told.
func (r *Reach) Tolerates() time.Duration { return r.patience(ReachTolerates) }

// Talks lists a talk for each pair.
func (r *Reach) Talks(p *topology.Plant) ([]sim.Talk, error) {
	flows, err := r.flows(p)
	if err != nil {
		return nil, err
	}
	talks := make([]sim.Talk, len(flows))
	for i, f := range flows {
		talks[i] = &reach{flow: f, rhythm: every(r.Interval, ReachInterval), udp: r.Proto == "udp"}
	}
	return talks, nil
}

type reach struct {
	flow sim.Flow
	rhythm
	udp    bool
	within *liveGuest // the virtual machine that asks; nil where a node does
}

// Flow is the way of the echoes.
func (r *reach) Flow() sim.Flow { return r.flow }

func (r *reach) proto() string {
	if r.udp {
		return "udp"
	}
	return "icmp"
}

// Predict: an echo is answered exactly while there is a way, but for those that chance takes on the way there or back.
func (r *reach) Predict(v sim.Viewer) sim.Machine { return echoes{mirror{v}, r.interval, false} }

// mirror serves while there is a way.
type mirror struct{ sim.Viewer }

// Path serves or does not.
func (m mirror) Path(usable bool) { m.Served(usable) }

// Measure sends an echo request over each network at every tick; the first answer serves.
func (r *reach) Measure(ctx context.Context, from, to sim.Place, m sim.Meter) error {
	all, ctx := errgroup.WithContext(ctx)
	out := &asker{meter: m}
	var ways []echo
	for _, net := range orRouted(r.flow.Networks) {
		e := echo{lane: newLane(from, net, r.proto()), far: newLane(to, net, r.proto())}
		if r.udp {
			all.Go(func() error { return e.far.run(ctx, e.answer) })
		}
		all.Go(func() error {
			return e.lane.run(ctx, func(b []byte, _ netip.AddrPort, at time.Duration) {
				if n, ok := e.number(b); ok {
					m.Answered(n, at)
				}
			})
		})
		ways = append(ways, e)
	}
	askAbout(ctx, all, from, r.interval, r.within, func(at time.Duration) {
		if r.within != nil && !r.within.answers() {
			sendEcho(nil, out, at) // a machine that is off does not ask
			return
		}
		sendEcho(ways, out, at)
	})
	return ended(ctx, all.Wait())
}

// askAbout has somebody ask at a beat and, where it is about a machine, whenever that has changed; never twice at once.
func askAbout(ctx context.Context, all *errgroup.Group, from sim.Place, interval time.Duration, guest *liveGuest, ask func(at time.Duration)) {
	var turn sync.Mutex
	once := func(at time.Duration) {
		turn.Lock()
		defer turn.Unlock()
		ask(at)
	}
	all.Go(func() error {
		from.Pace(ctx, interval, once)
		return nil
	})
	if guest == nil {
		return
	}
	all.Go(func() error {
		guest.onChange(ctx, func() { once(from.Now()) })
		return nil
	})
}

// sendEcho asks over all ways; where none of them takes it, it has failed.
func sendEcho(ways []echo, out *asker, at time.Duration) {
	out.ask(at, func(n uint64) bool {
		sent := false
		for _, e := range ways {
			sent = e.ask(n) == nil || sent
		}
		return sent
	})
}

// orRouted is the networks, or nil for whatever routing gives.
func orRouted(networks []*topology.Network) []*topology.Network {
	if len(networks) == 0 {
		return []*topology.Network{nil}
	}
	return networks
}

// ended drops the error of a talk whose context has ended: that is how all of them end.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && context.Cause(ctx) == ctx.Err() {
		return nil
	}
	return err
}

// echo is one way of echoes there and back. Over ICMP the far node's own network stack answers, over UDP a server.
type echo struct {
	lane *lane
	far  *lane
}

// Echo messages (RFC 792, RFC 4443 4): type, code, checksum, identifier and sequence number of two octets each. The
// kernel fills in checksum and identifier; the number of the request follows as eight octets.
const (
	echoRequest4, echoReply4 = 8, 0
	echoRequest6, echoReply6 = 128, 129
	echoHeader               = 8
)

func (e echo) ask(n uint64) error {
	if !e.far.icmp {
		to, open := e.far.target()
		if !open {
			return errNoSocket
		}
		return e.lane.send(binary.BigEndian.AppendUint64(nil, n), to)
	}
	b := make([]byte, echoHeader, echoHeader+8)
	b[0] = echoRequest4
	if e.far.addr.Is6() {
		b[0] = echoRequest6
	}
	binary.BigEndian.PutUint16(b[6:], uint16(n))
	return e.lane.send(binary.BigEndian.AppendUint64(b, n), netip.AddrPortFrom(e.far.addr, 0))
}

// number reads the request's number from an answer.
func (e echo) number(b []byte) (uint64, bool) {
	if e.far.icmp {
		if len(b) < echoHeader || b[0] != echoReply4 && b[0] != echoReply6 {
			return 0, false
		}
		b = b[echoHeader:]
	}
	if len(b) < 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(b), true
}

// answer is the UDP echo server (RFC 862).
func (e echo) answer(b []byte, from netip.AddrPort, _ time.Duration) { _ = e.far.send(b, from) }
