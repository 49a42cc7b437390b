package workload

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("voip", "register telephones and hold their calls: voice both ways, how good it is, and calls that are dropped",
		func() sim.Workload { return new(VoIP) })
}

const (
	// VoIPTolerates: a gap of more than a second is heard. Chosen, as for UDPTolerates.
	VoIPTolerates = UDPTolerates
	// VoIPSilence is when telephones and exchanges take a silent call for dead: about ten seconds, as session border
	// controllers have it (AudioCodes, BrokenConnectionEventTimeout 100 x 100 ms).
	VoIPSilence = 10 * time.Second
	// leastPacket and mostPacket bound the voice in a packet: what receivers must take (RFC 3551 4.2).
	leastPacket, mostPacket = 10 * time.Millisecond, 200 * time.Millisecond
)

// VoIP is telephones at one place and their exchange at another. Each registers by SIP (RFC 3261) and holds one call, to
// the exchange's echo test: G.711 voice in RTP (RFC 3550, RFC 3551) goes out, and what comes back is what its user hears.
// A call in which nothing is heard is cut; then the telephone registers and calls anew, and goes on trying.
//
//	way      ━━━━━┓                              ┏━━━━━━━━━━━━━
//	voice    ━━━━━┓░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░┏━━━━━━━━
//	REGISTER      └── 10 s of silence ──┤ │  │    │   │ ok: INVITE
//
// So an outage of less than ten seconds ends when the way is back. A longer one ends with the next REGISTER: up to four
// seconds later, and up to thirty where the telephone had just given up one (32 s) and rests.
type VoIP struct {
	Ends
	Interval time.Duration `yaml:"interval,positive" doc:"the voice in one packet, 10ms to 200ms; 20ms by default"`
	Silence  time.Duration `yaml:"silence,positive" doc:"how long a call in which nothing is heard is held before it is cut; 10s by default"`
}

// Tolerates is VoIPTolerates, or as told.
func (v *VoIP) Tolerates() time.Duration { return v.patience(VoIPTolerates) }

// Talks lists a telephone for each pair.
func (v *VoIP) Talks(p *topology.Plant) ([]sim.Talk, error) {
	flows, err := v.connections(p)
	if err != nil {
		return nil, err
	}
	if i := orTime(v.Interval, UDPInterval); i < leastPacket || i > mostPacket || i%time.Millisecond != 0 {
		return nil, fmt.Errorf("interval is %s: it must be whole milliseconds between %s and %s", i, leastPacket, mostPacket)
	}
	talks := make([]sim.Talk, len(flows))
	for i, f := range flows {
		talks[i] = &call{
			flow: f, rhythm: every(v.Interval, UDPInterval), silence: orTime(v.Silence, VoIPSilence),
			number: fmt.Sprint(100 + i),
		}
	}
	return talks, nil
}

// call is a telephone and what it says.
type call struct {
	flow sim.Flow
	rhythm
	silence time.Duration
	number  string // it is dialled by
	phone   *phone // the real one, once there is one
}

// Flow is the way of signalling and voice.
func (c *call) Flow() sim.Flow { return c.flow }

// Predict is the law of silence and of the attempts that follow it.
func (c *call) Predict(v sim.Viewer) sim.Machine {
	l := &callLaw{call: c, cancelCut: func() {}, gone: longAgo, rebooted: longAgo, registered: 1}
	l.stall = newStall(v, beforeFirst(v, c.interval), l.attempt)
	return l
}

// Measure runs the exchange at one place and the telephone at the other.
func (c *call) Measure(ctx context.Context, from, to sim.Place, m sim.Meter) error {
	all, ctx := errgroup.WithContext(ctx)
	net := orRouted(c.flow.Networks)[0]
	x := newExchange(c, to, net)
	c.phone = newPhone(c, from, net, x, m)
	for _, run := range []func(context.Context) error{x.run, c.phone.run} {
		all.Go(func() error { return run(ctx) })
	}
	return ended(ctx, all.Wait())
}

// Figures are those of the real call.
func (c *call) Figures() []sim.Figure {
	if c.phone == nil {
		return nil
	}
	return c.phone.figures()
}
