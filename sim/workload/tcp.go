package workload

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("tcp", "keep one connection open and echo over it: it survives, stalls or must be made anew",
		func() sim.Workload { return new(TCP) })
}

const (
	// TCPTolerates: people at a terminal or a database client wait that long before they act. Chosen.
	TCPTolerates = 30 * time.Second
	// TCPInterval is about the rate of somebody typing fast. Chosen.
	TCPInterval = 100 * time.Millisecond
	// dialTimeout is when the client gives up a connection request, and dialPause when it makes the next. Chosen, as
	// clients of databases do.
	dialTimeout = 5 * time.Second
	dialPause   = time.Second
	// dialGap is the longest time between two requests that go out: they do 0, 1 and 3 s after a client has begun to
	// dial (synTimeout), and it begins anew after 6 s.
	dialGap = 3 * time.Second
)

// TCP is a long-lived connection: a terminal, a database session, a BGP session. What was lost in a darkness is sent
// again by the kernel, ever more seldom; when the way is back, the connection resumes with the next repetition. That can
// be two minutes away, or three seconds where the sender's own neighbour had gone. After 15 min 25 s of darkness it is
// given up and made anew, or earlier where the application says so.
//
// The kernel's timers do not jump with the scenario's clock. A connection that stalls over a jump therefore resumes
// nearer to the earliest moment that the law allows than it otherwise might; one that would have been given up is.
type TCP struct {
	Ends
	Interval time.Duration `yaml:"interval,positive" doc:"from one echo to the next; 100ms by default"`
	Timeout  time.Duration `yaml:"timeout,positive" doc:"when the application gives up a stalled connection and makes a new one; by default when the kernel does"`
}

// Tolerates is TCPTolerates, or as told.
func (t *TCP) Tolerates() time.Duration { return t.patience(TCPTolerates) }

// Talks lists a connection for each pair.
func (t *TCP) Talks(p *topology.Plant) ([]sim.Talk, error) {
	flows, err := t.connections(p)
	if err != nil {
		return nil, err
	}
	talks := make([]sim.Talk, len(flows))
	for i, f := range flows {
		talks[i] = &terminal{flow: f, rhythm: every(t.Interval, TCPInterval), timeout: orTime(t.Timeout, giveUp)}
	}
	return talks, nil
}

type terminal struct {
	flow sim.Flow
	rhythm
	timeout time.Duration
}

// Flow is the way of the connection.
func (t *terminal) Flow() sim.Flow { return t.flow }

// Predict is the law of retransmission; see the constants.
func (t *terminal) Predict(v sim.Viewer) sim.Machine {
	l := &lifeline{terminal: t}
	l.stall = newStall(v, beforeFirst(v, t.interval), l.attempt)
	return l
}

// lifeline is a connection: what its ends lost decides how it goes on.
type lifeline struct {
	*stall
	*terminal
	cut   bool // this end lost power: there is no connection
	reset bool // the far end did: it will say so when it is asked
	doubt time.Duration
}

// Sure says whether the prediction is the only one that the law allows: between the earliest and the latest
// retransmission anything goes.
func (l *lifeline) Sure() bool { return l.Now() >= l.doubt }

// PowerLost takes the connection from one end.
func (l *lifeline) PowerLost(end *topology.Node) {
	l.cut = l.cut || end == l.flow.From
	l.reset = l.reset || end == l.flow.To
}

// attempt is when the first segment, or the first connection request, gets through.
func (l *lifeline) attempt(since, now time.Duration) (wait time.Duration, anew bool) {
	cut, reset := l.cut, l.reset
	l.cut, l.reset = false, false
	redial := time.Duration(l.Phase() * float64(dialGap))
	if dead := since + l.timeout; cut || now >= dead {
		return redial, true
	}
	earliest, latest, gone := resend(since, l.interval, now)
	if mayHold := l.flow.Routed() || now-since >= neighbourGone; mayHold && !gone {
		earliest = now
	}
	l.doubt = latest
	wait = earliest - now + time.Duration(l.Phase()*float64(latest-earliest))
	if dead := since + l.timeout - now; wait >= dead {
		return dead, true
	}
	return wait, gone || reset
}

// Measure serves at one place and keeps a connection to it from the other.
func (t *terminal) Measure(ctx context.Context, from, to sim.Place, m sim.Meter) error {
	all, ctx := errgroup.WithContext(ctx)
	server := newDesk(to, orRouted(t.flow.Networks)[0])
	all.Go(func() error { return server.run(ctx, echoAll) })
	c := &client{terminal: t, ctx: ctx, place: from, server: server, out: asker{meter: m}, dialAt: longAgo}
	all.Go(func() error {
		defer c.hangUp()
		from.Pace(ctx, t.interval, c.tick)
		return nil
	})
	return ended(ctx, all.Wait())
}
