package kernel

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// life is a member's: its real traffic and what was made of it.
type life struct {
	member  *sim.Member
	tracker *sim.Tracker
	cancel  context.CancelFunc
	ended   chan struct{}
	changed time.Duration // when something last changed that touches it alone
	drawn   time.Duration // when chance began to do what it does at present

	guest      sim.LiveGuest // of a virtual machine
	stale      atomic.Bool   // the guest may want another moment than the loop knows
	cancelStep func()

	nth       int           // of all, from 1
	rests     time.Duration // until when, in a capsule
	disagrees time.Duration // real time since which measurement and prediction differ; 0: they do not
	foretold  bool          // served, by the prediction that differs
	told      bool          // the disagreement was written down
}

// Start begins a member's real traffic and its prediction.
func (w *World) Start(m *sim.Member) error {
	if err := w.shadow.Start(m); err != nil {
		return err
	}
	l := &life{member: m, ended: make(chan struct{}), changed: beforeZero, cancelStep: func() {}}
	l.tracker = sim.NewTracker(m.Workload.Workload.Tolerates(), func() { w.wake.add(l, w) })
	if w.pulse != nil {
		l.tracker.Watch(w.pulse.until)
	}
	l.tracker.Expect(w.shadow.Odds(m))
	w.lives = append(w.lives, l)
	l.nth = len(w.lives)
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	if resident, ok := m.Talk.(sim.Resident); ok {
		if err := w.storage.house(m, resident.Datastore()); err != nil {
			return err
		}
		l.guest = resident.Live()
		l.guest.Follow(func() {
			l.stale.Store(true)
			w.wake.add(l, w)
		})
		w.stepGuest(l)
	}
	flow := m.Talk.Flow()
	from, to := w.places[flow.From.Index].of(l), w.places[flow.To.Index].of(l)
	go func() {
		defer close(l.ended)
		if err := m.Talk.Measure(ctx, from, to, l.tracker); err != nil {
			w.wake.fail(fmt.Errorf("measure %s: %w", m.Subject(), err), w)
		}
	}()
	return w.failure()
}

// expect tells a member's tracker what chance does to it from now on.
func (w *World) expect(m *sim.Member, o sim.Odds) {
	for _, l := range w.lives {
		if l.member == m {
			l.tracker.Expect(o)
			l.changed = w.clock.Now()
			l.drawn = l.changed
		}
	}
}

// wakeList gathers what the trackers of many members want to say, so that they never wait for the loop.
type wakeList struct {
	mu     sync.Mutex
	lives  []*life
	errs   []error
	posted bool
}

func (q *wakeList) add(l *life, w *World) {
	q.mu.Lock()
	q.lives = append(q.lives, l)
	q.post(w)
}

// stir has the loop come although no member has anything to say: storage has.
func (q *wakeList) stir(w *World) {
	q.mu.Lock()
	q.post(w)
}

func (q *wakeList) fail(err error, w *World) {
	q.mu.Lock()
	q.errs = append(q.errs, err)
	q.post(w)
}

// post has the loop come for the list, once. It unlocks.
func (q *wakeList) post(w *World) {
	first := !q.posted
	q.posted = true
	q.mu.Unlock()
	if first {
		go w.env.Loop.Post(w.listen)
	}
}

func (q *wakeList) take() ([]*life, []error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lives, errs := q.lives, q.errs
	q.lives, q.errs, q.posted = nil, nil, false
	return lives, errs
}

// listen writes down what trackers have found.
func (w *World) listen() {
	lives, errs := w.wake.take()
	for _, err := range errs {
		w.fail(err)
	}
	w.storage.hear()
	w.daemons.hear()
	for _, l := range lives {
		w.hear(l)
	}
}

// hear writes down what one tracker has found. What it is put down to is what the model puts it down to, else the latest
// change of all.
func (w *World) hear(l *life) {
	for _, d := range l.tracker.Take() {
		w.env.Log.Add(w.causeOf(l.member), l.member.Subject(), d)
	}
	if l.stale.Load() {
		w.stepGuest(l)
	}
}

// causeOf is what a change of a member is put down to.
func (w *World) causeOf(m *sim.Member) int {
	if cause := w.shadow.Cause(m); cause != 0 {
		return cause
	}
	return w.cause
}

// endWait is how long members get to end; one that hangs is left to the end of the box.
const endWait = 2 * time.Second

// Stop ends all members and writes down their figures.
func (w *World) Stop() error {
	w.listen()
	for _, l := range w.lives {
		w.hear(l)
	}
	w.endLives()
	for _, l := range w.lives {
		stats := l.tracker.Stats()
		if f, ok := l.member.Talk.(sim.Figured); ok {
			stats.Figures = f.Figures()
		}
		w.env.Log.Add(0, l.member.Subject(), stats)
	}
	w.lives = nil
	return w.failure()
}

// endLives ends all talking.
func (w *World) endLives() {
	for _, l := range w.lives {
		l.cancel()
	}
	patience := time.After(endWait)
	for _, l := range w.lives {
		select {
		case <-l.ended:
		case <-patience:
			w.fail(fmt.Errorf("end %s: it does not answer", l.member.Subject()))
			return
		}
	}
}
