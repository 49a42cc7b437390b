package kernel

import (
	"context"

	"net/netip"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// room is a network namespace to do things in.
type room interface {
	// do runs f on a thread that is in the namespace; what f opens stays in it.
	do(f func() error) error
}

// place is a node as workloads see it: its network namespace, its sockets and its power.
type place struct {
	node  *topology.Node
	room  room
	clock *Clock
	paces *paces
	// storage has the datastores of the node.
	storage *storage

	pingOnce sync.Once
	pingErr  error

	mu      sync.Mutex
	view    *view // of those who run in the node; nil: they see files as everybody does
	sockets map[socket]struct{}
	life    context.Context // ends with the node's power
	end     context.CancelFunc
	boot    chan struct{} // closed when the node is in service again; nil while it is
}

// socket is what a power loss takes.
type socket interface {
	// abandon closes without a word to the far end.
	abandon()
}

// newPlace makes a place in service.
func newPlace(n *topology.Node, in room, c *Clock, p *paces) *place {
	pl := &place{node: n, room: in, clock: c, paces: p, sockets: map[socket]struct{}{}}
	pl.life, pl.end = context.WithCancel(context.Background())
	return pl
}

// enter tells the place how far its node has come. Off takes all sockets, after the links have gone, so that nobody
// hears a last word from them; only Forwarding gives new ones. Stages in between change nothing.
func (p *place) enter(s topology.Stage) {
	switch s {
	case topology.Off:
		p.lose()
	case topology.Forwarding:
		p.serve()
	}
}

func (p *place) lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.boot == nil {
		p.boot = make(chan struct{})
	}
	p.end() // before the sockets go: whoever fails on them shall know why
	for s := range p.sockets {
		s.abandon()
	}
	clear(p.sockets)
}

func (p *place) serve() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.boot == nil {
		return
	}
	p.life, p.end = context.WithCancel(context.Background())
	close(p.boot)
	p.boot = nil
}

// see has those who are started in the node from now on see files by a view; nil: as everybody does.
func (p *place) see(v *view) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.view = v
}

// alive is the present life of the node; ErrNoPower when there is none.
func (p *place) alive() (context.Context, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.boot != nil {
		return nil, sim.ErrNoPower
	}
	return p.life, nil
}

// awaitLife waits until the node is in service; false when ctx ended first.
func (p *place) awaitLife(ctx context.Context) (context.Context, bool) {
	for ctx.Err() == nil {
		p.mu.Lock()
		boot, life := p.boot, p.life
		p.mu.Unlock()
		if boot == nil {
			return life, true
		}
		select {
		case <-boot:
		case <-ctx.Done():
		}
	}
	return nil, false
}

// keep makes a socket one of those that the power loss takes, unless it came already.
func (p *place) keep(s socket, life context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if life.Err() != nil {
		s.abandon()
		return sim.ErrNoPower
	}
	p.sockets[s] = struct{}{}
	return nil
}

// forget is called when a socket was closed by whoever opened it.
func (p *place) forget(s socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sockets, s)
}

// Node implements sim.Place.
func (p *place) Node() *topology.Node { return p.node }

// Addr implements sim.Place.
func (p *place) Addr(n *topology.Network) netip.Addr {
	if n != nil {
		if i := p.node.Interface(n); i != nil {
			return i.Addr.Addr()
		}
		return netip.Addr{}
	}
	if p.node.Loopback.IsValid() {
		return p.node.Loopback
	}
	if i := p.node.Primary(); i != nil {
		return i.Addr.Addr()
	}
	return netip.Addr{}
}

// Now implements sim.Place.
func (p *place) Now() time.Duration { return p.clock.Now() }

// Serve implements sim.Place.
func (p *place) Serve(ctx context.Context, f func(context.Context) error) error {
	for {
		life, ok := p.awaitLife(ctx)
		if !ok {
			return nil
		}
		run, cancel := context.WithCancel(ctx)
		stop := context.AfterFunc(life, cancel)
		err := f(run)
		stop()
		cancel()
		if ctx.Err() != nil {
			return nil
		}
		if life.Err() == nil {
			return err
		}
	}
}

// Pace implements sim.Place for callers that nobody wants to know the lateness of.
func (p *place) Pace(ctx context.Context, interval time.Duration, tick func(at time.Duration)) {
	p.paces.pace(ctx, &pace{interval: interval, tick: tick})
}

// Scatter implements sim.Place.
func (p *place) Scatter(ctx context.Context, interval time.Duration, tick func(at time.Duration)) {
	p.paces.pace(ctx, &pace{interval: interval, tick: tick, scattered: true})
}

// memberPlace is a place as one member sees it: its addresses are of the member's family, and its paces tell the member's
// meter how late they are.
type memberPlace struct {
	*place
	member *sim.Member
	meter  sim.Meter
	nth    int
}

// of is the place as one member of a workload gets it. Its number decides the phase of its paces, whichever of the
// members comes to pace first.
func (p *place) of(l *life) sim.Place { return memberPlace{p, l.member, l.tracker, l.nth} }

// Addr implements sim.Place.
func (m memberPlace) Addr(n *topology.Network) netip.Addr {
	if i := m.node.Interface(n); i != nil && m.member.Talk.Flow().IPv6 {
		return i.Addr6.Addr()
	}
	return m.place.Addr(n)
}

// Pace implements sim.Place.
func (m memberPlace) Pace(ctx context.Context, interval time.Duration, tick func(at time.Duration)) {
	m.paces.pace(ctx, &pace{interval: interval, tick: tick, late: m.meter.Late, owner: m.meter, nth: m.nth})
}

// Scatter implements sim.Place.
func (m memberPlace) Scatter(ctx context.Context, interval time.Duration, tick func(at time.Duration)) {
	m.paces.pace(ctx, &pace{interval: interval, tick: tick, late: m.meter.Late, owner: m.meter, nth: m.nth, scattered: true})
}

// close takes all sockets of the place, for the end of a run.
func (p *place) close() { p.lose() }

var (
	_ sim.Place = (*place)(nil)
)
