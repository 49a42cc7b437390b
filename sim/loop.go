package sim

import (
	"container/heap"
	"context"
	"errors"
	"math"
	"slices"
	"time"
)

// Never is later than any time of a run.
const Never = time.Duration(math.MaxInt64)

// ErrIdle is what a clock answers when it is asked to wait for ever and nothing can happen any more.
var ErrIdle = errors.New("nothing left to wait for")

// Clock gives scenario time its pace.
type Clock interface {
	// Now is the present scenario time.
	Now() time.Duration
	// Wait returns when scenario time has reached t (nil, nil), or before that with something posted to the loop. With
	// t == Never it returns ErrIdle once nothing can happen any more. It is called by the loop alone.
	Wait(ctx context.Context, t time.Duration, posts <-chan func()) (func(), error)
}

// Loop runs everything that decides anything, one thing at a time, in the order of (time, sequence).
type Loop struct {
	clock Clock
	queue queue
	seq   int
	posts chan func()
	turn  *timer // whose turn it is; nil: nobody's, or something posted
}

// NewLoop makes a loop with nothing to do.
func NewLoop(clock Clock) *Loop { return &Loop{clock: clock, posts: make(chan func(), 1024)} }

// Now is the present scenario time.
func (l *Loop) Now() time.Duration { return l.clock.Now() }

// Moment is when that was due which the loop runs now. Where a machine is late for it, what follows from it is counted from
// there: otherwise a fraction of a millisecond for each of a few hundred tasks would add up to more than measuring forgives.
func (l *Loop) Moment() time.Duration {
	if l.turn != nil {
		return l.turn.at
	}
	return l.Now()
}

// At has f called on the loop at time t, or at once when t has passed. Cancel may be called at any time, on the loop.
func (l *Loop) At(t time.Duration, f func()) (cancel func()) {
	return l.add(&timer{at: t, do: f})
}

func (l *Loop) add(item *timer) (cancel func()) {
	l.seq++
	item.seq, item.at = l.seq, max(item.at, l.Moment())
	heap.Push(&l.queue, item)
	return func() { item.do = nil }
}

// Quietly is At for what changes no network: people's work, what a machine does by itself. Others need not be seen to be
// well right before it.
func (l *Loop) Quietly(t time.Duration, f func()) (cancel func()) {
	return l.add(&timer{at: t, do: f, quiet: true})
}

// Quiet says whether all that is due up to a moment changes no network.
func (l *Loop) Quiet(until time.Duration) bool {
	return !slices.ContainsFunc(l.queue, func(t *timer) bool { return t.do != nil && !t.quiet && t.at <= until })
}

// After is At, counted from this moment.
func (l *Loop) After(d time.Duration, f func()) (cancel func()) { return l.At(l.Moment()+d, f) }

// Post has f called on the loop as soon as may be. It is how the edges (sockets, netlink) speak to the loop, and the
// only method that other goroutines may call.
func (l *Loop) Post(f func()) { l.posts <- f }

// Next is when the next thing is due; Never when nothing is.
func (l *Loop) Next() time.Duration {
	for len(l.queue) > 0 && l.queue[0].do == nil {
		heap.Pop(&l.queue)
	}
	if len(l.queue) == 0 {
		return Never
	}
	return l.queue[0].at
}

// Run plays until done says so, the clock is idle, until is reached, or ctx ends.
func (l *Loop) Run(ctx context.Context, until time.Duration, done func() bool) error {
	for !done() {
		next := l.Next()
		if next != Never && next > until {
			next = until
		}
		f, err := l.clock.Wait(ctx, next, l.posts)
		switch {
		case errors.Is(err, ErrIdle):
			return nil
		case err != nil:
			return err
		case f != nil:
			f()
		case l.Now() >= until && l.Next() > until:
			return nil
		default:
			l.step()
		}
	}
	return nil
}

// Rest waits, while nothing is due, for somebody to post something, and runs it.
func (l *Loop) Rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case f := <-l.posts:
		f()
		return nil
	}
}

// step runs the one timer that is due first, if it is due.
func (l *Loop) step() {
	if l.Next() > l.Now() {
		return
	}
	item := heap.Pop(&l.queue).(*timer)
	if do := item.do; do != nil {
		item.do = nil
		l.turn = item
		do()
		l.turn = nil
	}
}

type timer struct {
	at  time.Duration
	seq int
	do  func() // nil: cancelled
	// quiet: it changes no network.
	quiet bool
}

type queue []*timer

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].seq < q[j].seq
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*timer)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

// zero has the clock call the present moment 0, and keeps everything that is due as far off as it was.
func (l *Loop) zero(clock RunClock) {
	before := l.Now()
	clock.Zero()
	shift := l.Now() - before
	for _, item := range l.queue {
		item.at += shift
	}
	if l.turn != nil {
		l.turn.at += shift
	}
}

// VirtualClock is the model's: waiting takes no time at all. The zero value stands at 0.
type VirtualClock struct{ now time.Duration }

// NewVirtualClock makes a clock that stands as long before 0 as a run waits for its steady state.
func NewVirtualClock() *VirtualClock { return &VirtualClock{now: -steadyFor} }

// Now is the time of the last thing that happened.
func (c *VirtualClock) Now() time.Duration { return c.now }

// Zero makes the present moment time 0.
func (c *VirtualClock) Zero() { c.now = 0 }

// Wall is nil: there is no real time here.
func (c *VirtualClock) Wall() func() time.Time { return nil }

// Wait moves the clock to t.
func (c *VirtualClock) Wait(ctx context.Context, t time.Duration, posts <-chan func()) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case f := <-posts:
		return f, nil
	default:
	}
	if t == Never {
		return nil, ErrIdle
	}
	c.now = max(c.now, t)
	return nil, nil
}
