package kernel

import (
	"context"
	"time"
)

// storePlace is a host as one of its datastores sees it: in a capsule its ticks rest while nothing becomes of its paths.
type storePlace struct {
	*place
	store *store
}

// Pace implements blockdev.Place.
func (p storePlace) Pace(ctx context.Context, interval time.Duration, tick func(at time.Duration)) {
	p.paces.pace(ctx, &pace{interval: interval, owner: p.store, nth: p.store.nth, tick: func(at time.Duration) {
		p.store.wakes()
		tick(at)
	}})
}

// rest has every datastore rest of which nothing becomes before a moment: paths that answer are not asked, and those that
// do not are not tried. What time alone changes is on the loop. One of which something becomes after all goes on.
func (s *storage) rest(until time.Duration) {
	now := s.world.clock.Now()
	for _, st := range s.order {
		i := st.present()
		switch {
		case i == nil:
		case st.unsettled() != "":
			if st.until > now {
				st.until = now
				st.wakes()
				s.world.paces.wake(st)
			}
		case until > now:
			st.until = until
			st.rests(st.answering(i))
			s.world.paces.rest(st, until)
		}
	}
}

// rouse ends all rests, before anything changes that a path might not have answered with.
func (s *storage) rouse() {
	for _, st := range s.order {
		st.wakes()
	}
}

func (st *store) rests(paths []int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.resting = paths
}

// wakes tells every path that would have answered that it has.
func (st *store) wakes() {
	st.mu.Lock()
	i, paths := st.initiator, st.resting
	st.resting = nil
	st.mu.Unlock()
	for _, n := range paths {
		if i != nil {
			i.Answered(n)
		}
	}
}
