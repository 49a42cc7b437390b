package workload

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("udp", "send a paced stream of datagrams one way: loss and one-way latency",
		func() sim.Workload { return new(UDP) })
}

const (
	// UDPTolerates: a gap of more than a second is heard, and seen. Chosen.
	UDPTolerates = time.Second
	// UDPInterval is the default packet time of voice (RFC 3551 4.2).
	UDPInterval = 20 * time.Millisecond
	// UDPSize is a packet of G.711 voice: 20 ms at 64 kbit/s and an RTP header (RFC 3551 4.5.14, RFC 3550 5.1).
	UDPSize = 172
	// leastSize holds the number of a datagram.
	leastSize = 8
)

// UDP is a stream at a steady rate, as voice, video and market data are. Latency is from the sender's clock to the
// receiver's kernel, on one machine and so without error of clocks.
type UDP struct {
	Ends
	Bears
	Interval time.Duration `yaml:"interval,positive" doc:"from one datagram to the next; 20ms by default"`
	Size     int           `yaml:"size,positive" doc:"octets in a datagram; 172 by default (G.711 voice)"`

	scattered bool
}

// Tolerates is UDPTolerates, or as told.
func (u *UDP) Tolerates() time.Duration { return u.patience(UDPTolerates) }

// Talks lists a stream for each pair.
func (u *UDP) Talks(p *topology.Plant) ([]sim.Talk, error) {
	flows, err := u.flows(p)
	if err != nil {
		return nil, err
	}
	size := orInt(u.Size, UDPSize)
	if size < leastSize || size > datagram {
		return nil, fmt.Errorf("size is %d: it must be between %d and %d", size, leastSize, datagram)
	}
	talks := make([]sim.Talk, len(flows))
	for i, f := range flows {
		f.OneWay = true
		talks[i] = &stream{flow: f, rhythm: every(u.Interval, UDPInterval), size: size, scattered: u.scattered}
	}
	return talks, nil
}

type stream struct {
	flow sim.Flow
	rhythm
	size      int
	scattered bool // its datagrams do not beat in time with those of others
}

// Flow is the way of the datagrams: nobody answers them.
func (s *stream) Flow() sim.Flow { return s.flow }

// Predict: a datagram arrives exactly while there is a way, but for those that chance takes.
func (s *stream) Predict(v sim.Viewer) sim.Machine { return echoes{mirror{v}, s.interval, true} }

// Measure sends, and listens at the other place.
func (s *stream) Measure(ctx context.Context, from, to sim.Place, m sim.Meter) error {
	all, ctx := errgroup.WithContext(ctx)
	out := &asker{meter: m}
	var ways []echo
	for _, net := range orRouted(s.flow.Networks) {
		e := echo{lane: newLane(from, net, "udp"), far: newLane(to, net, "udp")}
		all.Go(func() error { return e.lane.run(ctx, func([]byte, netip.AddrPort, time.Duration) {}) })
		all.Go(func() error {
			return e.far.run(ctx, func(b []byte, _ netip.AddrPort, at time.Duration) {
				if n, ok := e.number(b); ok {
					m.Answered(n, at)
				}
			})
		})
		ways = append(ways, e)
	}
	all.Go(func() error {
		pace := from.Pace
		if s.scattered {
			pace = from.Scatter
		}
		pace(ctx, s.interval, func(at time.Duration) { s.send(ways, out, at) })
		return nil
	})
	return ended(ctx, all.Wait())
}

func (s *stream) send(ways []echo, out *asker, at time.Duration) {
	b := make([]byte, s.size)
	out.ask(at, func(n uint64) bool {
		binary.BigEndian.PutUint64(b, n)
		sent := false
		for _, e := range ways {
			to, open := e.far.target()
			sent = open && e.lane.send(b, to) == nil || sent
		}
		return sent
	})
}

// orTime is a duration, or the default where none is told.
func orTime(told, byDefault time.Duration) time.Duration {
	if told > 0 {
		return told
	}
	return byDefault
}

func orInt(told, byDefault int) int {
	if told != 0 {
		return told
	}
	return byDefault
}
