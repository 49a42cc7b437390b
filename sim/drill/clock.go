package drill

import (
	"context"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Watch is scenario time in a facilitator's hand. It never does anything by itself that it was not told. All methods are
// called on the loop.
type Watch interface {
	sim.RunClock
	// Run lets time go on at a speed in scenario seconds for each real one; 0 has it stand.
	Run(speed float64)
	// Jump goes to a moment: all that is due until then happens.
	Jump(to time.Duration)
	// Speed is what Run was told last.
	Speed() float64
	// Fastest is the highest speed that Run takes.
	Fastest() float64
	// Present is the scenario time now.
	Present() time.Duration
	// Settling names what keeps time from standing although it was told to; empty when nothing does.
	Settling() string
}

// Clock is the Watch of worlds in virtual time: scenario time goes on as fast as told, stands when told, and jumps when told. It never does
// any of these by itself. Until the run has its steady state it takes no time at all.
//
//	real       0 ────── 60 s ──────── 90 s ─ 91 s
//	scenario   0 ────── 60 s  (paused) ───── 17:05
//	                                     └ jump
//
// All methods are called on the loop.
type Clock struct {
	before *sim.VirtualClock // what time it is until the drill begins
	now    time.Duration     // of the last thing that happened since
	begun  bool
	speed  float64       // scenario seconds in a real one; 0: it stands
	since  time.Time     // when scenario time was now
	rush   time.Duration // what is due until then is due at once
	real   func() time.Time
}

// grain is what scenario time is rounded down to when somebody does something: nobody acts to the millisecond, and a
// drill can be gone through again from its log.
const grain = 100 * time.Millisecond

// NewClock makes a clock that stands.
func NewClock() *Clock {
	return &Clock{before: sim.NewVirtualClock(), rush: -sim.Never, real: time.Now}
}

// Now implements sim.Clock.
func (c *Clock) Now() time.Duration {
	if !c.begun {
		return c.before.Now()
	}
	return c.now
}

// Zero implements sim.RunClock.
func (c *Clock) Zero() { c.now, c.begun, c.since = 0, true, c.real() }

// Wall implements sim.RunClock.
func (c *Clock) Wall() func() time.Time { return c.real }

// Speed is how many scenario seconds go by in a real one; 0: it stands.
func (c *Clock) Speed() float64 { return c.speed }

// Fastest is as fast as a table can follow: ten minutes in a second (1 to 600 times is what trainers ask for). Chosen.
func (c *Clock) Fastest() float64 { return 600 }

// Settling is empty: virtual time stands at once.
func (c *Clock) Settling() string { return "" }

// Present is the scenario time that a watch on the wall shows.
func (c *Clock) Present() time.Duration {
	if c.speed == 0 || !c.begun {
		return c.Now()
	}
	return c.now + time.Duration(float64(c.real().Sub(c.since))*c.speed)
}

// Run lets time go on as fast as told; 0 has it stand.
func (c *Clock) Run(speed float64) { c.speed, c.since = speed, c.real() }

// Jump goes to a moment: all that is due until then happens at once.
func (c *Clock) Jump(to time.Duration) { c.rush = max(c.rush, to) }

// Wait implements sim.Clock.
func (c *Clock) Wait(ctx context.Context, t time.Duration, posts <-chan func()) (func(), error) {
	if !c.begun {
		return c.before.Wait(ctx, t, posts)
	}
	if t <= c.rush {
		c.arrive(t)
		return nil, ctx.Err()
	}
	if c.rush > c.now {
		c.arrive(c.rush)
	}
	var due <-chan time.Time
	if c.speed > 0 && t != sim.Never {
		timer := time.NewTimer(time.Duration(float64(t-c.Present()) / c.speed))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-due:
		c.arrive(t)
		return nil, nil
	case f := <-posts:
		c.arrive(max(c.now, min(c.Present(), t).Truncate(grain)))
		return f, nil
	}
}

// arrive sets the time to a moment that has come.
func (c *Clock) arrive(t time.Duration) {
	if t == sim.Never {
		return
	}
	c.now, c.since = max(c.now, t), c.real()
}

var _ Watch = (*Clock)(nil)
