package blockdev

import (
	"context"
	"time"

	"github.com/dcdrill/dcdrill/sim/proto"
)

// fence sees to it that changes whose session was lost are fenced, over any path that is up: a session of the lost
// path's initiator with a newer generation has the array refuse whatever of the old one is still on its way.
func (i *Initiator) fence(now time.Duration) {
	for _, p := range i.paths {
		if p.fencing != nil && now >= p.since+proto.DefaultCheck {
			p.fencing()
			p.fencing = nil
		}
		if over := i.wellPath(); len(p.owed) > 0 && p.fencing == nil && over != nil && now >= p.since {
			i.fenceOver(now, p, over)
		}
	}
}

// wellPath is a path that has a session.
func (i *Initiator) wellPath() *initiatorPath {
	for n, p := range i.paths {
		if i.machine.Up(n) && p.session != nil {
			return p
		}
	}
	return nil
}

// fenceOver fences a path's old sessions over another path. An attempt to give the path a new one goes on: the fence is of
// its generation, so that its session will live.
func (i *Initiator) fenceOver(now time.Duration, p, over *initiatorPath) {
	ctx, cancel := context.WithCancel(i.ctx)
	generation, way := p.generation, over.Path
	if p.cancel == nil {
		generation = i.generation()
	}
	p.fencing, p.since = cancel, now
	i.work.Go(func() {
		defer cancel()
		s, err := i.open(ctx, p, way, generation)
		if s != nil {
			s.fail(ErrClosed)
		}
		i.fencingEnded(ctx, p, err, generation)
	})
}

// fencingEnded takes in how it went. A session that the path has got meanwhile, and that is older than the fence, is
// fenced with the others.
func (i *Initiator) fencingEnded(ctx context.Context, p *initiatorPath, err error, generation uint64) {
	i.mu.Lock()
	defer i.unlock()
	if ctx.Err() != nil || i.closed {
		return
	}
	now := i.place.Now()
	p.fencing = nil
	if err != nil {
		p.since = now + fenceAgain
		return
	}
	if p.session != nil && p.generation < generation {
		i.lose(p, ErrFenced)
	}
	i.fenced(p, generation)
	i.settle(now)
}

// fenceAgain is how long a fence that failed is left alone. Chosen: as iscsid tries a session again.
const fenceAgain = time.Second

// fenced lets go what was under way over a path's old sessions: it is sent again, before all else, or was already told
// to have failed and is over.
func (i *Initiator) fenced(p *initiatorPath, generation uint64) {
	p.fence = max(p.fence, generation)
	owed := p.owed
	p.owed = nil
	i.ready = append(owed, i.ready...)
}
