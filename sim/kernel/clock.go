package kernel

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Warp is what a clock must know of its world in order to jump. All methods are called on the loop's goroutine.
type Warp interface {
	// Unsettled names something that is still going on and that a jump would falsify; empty when there is nothing.
	// Requests that are on their way do not count here.
	Unsettled() string
	// InFlight counts the requests on usable paths that have not been answered yet.
	InFlight() int
	// RunUp is how long before an event a jump has to land: the time that flows need to be seen to be well when it comes.
	RunUp(event time.Duration) time.Duration
	// Forget is called before a jump of this length, while the pacers stand still: what will have aged out is dropped. It
	// may take its time, which is not the scenario's.
	Forget(ahead time.Duration)
	// Jumped tells that the clock went from one scenario time to another at once: nobody was served or not in between.
	Jumped(from, to time.Duration)
}

const (
	// beforeZero is where a clock begins. The steady state is reached within a minute, and the time before the timeline
	// is negative however slow the machine.
	beforeZero = -10 * time.Minute
	// runUp is how long before the next event that may change the network a jump lands, so that every flow has fresh good samples when it comes: at
	// least five of the slowest default interval (10 ms).
	runUp = 50 * time.Millisecond
	// leastJump is what makes a jump worth stopping the pacers for, which takes less than a millisecond. One before a
	// run-up is twice as long as that, so that flows run rather than leap where things are close together.
	leastJump = 10 * time.Millisecond
	// lookAgain is how often an unsettled world is looked at. Looking at 300 members costs about 20 µs, so this is less
	// than 1 % of a core.
	lookAgain = 5 * time.Millisecond
	// holdFor is how long the pacers stand still at most while the last answers come in. Round trips take 0.1 ms
	// (measured); whoever is not answered by then is waited for with the pacers on, since a longer stop would show as
	// a gap of the senders.
	holdFor = 5 * time.Millisecond
	// holdLook is how often the last answers are looked for.
	holdLook = 200 * time.Microsecond
)

// Clock is scenario time in the kernel world: it runs with real time while anything is unsettled, and jumps to just
// before the next event otherwise.
//
//	real       0 ──────── 8 s ── 9 s ─────────────
//	scenario   0 ──────── 8 s    3 h ── 3 h 1 s ──
//	                        └ jump ┘
type Clock struct {
	base     time.Time // where real time counts from
	leaps    atomic.Pointer[[]leap]
	warp     Warp
	paces    *paces // stand still while the clock jumps; nil: there are none
	realTime bool
	rest     Resting // in a capsule, instead of jumping
	virtual  bool
	waiting  atomic.Pointer[string]
}

// leap says that from a moment of real time on, scenario time is real time plus shift; or that it stands at shift.
type leap struct {
	since, shift time.Duration
	stands       bool
}

// NewClock makes a clock that stands before 0. With realTime it never jumps but to 0.
func NewClock(realTime bool) *Clock {
	c := &Clock{base: time.Now(), realTime: realTime}
	c.leaps.Store(&[]leap{{since: 0, shift: beforeZero}})
	return c
}

// Attach tells the clock which world it serves. Without one it does not jump.
func (c *Clock) Attach(w Warp) {
	c.warp = w
	c.rest, _ = w.(Resting)
}

// Now is the present scenario time.
func (c *Clock) Now() time.Duration { return c.scenario(time.Since(c.base)) }

// Wall is the real time for the log; nil in a capsule, which knows of none.
func (c *Clock) Wall() func() time.Time {
	if c.virtual {
		return nil
	}
	return time.Now
}

// Waiting is what the clock waited for when it last looked; empty while it does not wait. Safe for any goroutine.
func (c *Clock) Waiting() string {
	if why := c.waiting.Load(); why != nil {
		return *why
	}
	return ""
}

// scenario is the scenario time of a moment of real time, even of one before the latest jump.
func (c *Clock) scenario(real time.Duration) time.Duration {
	leaps := *c.leaps.Load()
	i := len(leaps) - 1
	for i > 0 && leaps[i].since > real {
		i--
	}
	if leaps[i].stands {
		return leaps[i].shift
	}
	return real + leaps[i].shift
}

// Stamp converts a time stamp of the kernel (CLOCK_REALTIME) to scenario time, by one reading of both clocks: however
// the real-time clock is set meanwhile, only the stamp's age counts.
func (c *Clock) Stamp(stamp time.Time) time.Duration {
	now := time.Now()
	age := now.UnixNano() - stamp.UnixNano()
	return c.scenario(now.Sub(c.base) - time.Duration(age))
}

// Wait implements sim.Clock.
func (c *Clock) Wait(ctx context.Context, t time.Duration, posts <-chan func()) (func(), error) {
	if c.virtual {
		return c.waitVirtual(ctx, t, posts)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c.Now() >= t {
			return nil, nil
		}
		if c.settled() {
			if t == sim.Never {
				return nil, sim.ErrIdle
			}
			c.tryJump(t, posts)
		}
		timer.Reset(c.untilLook(t))
		select {
		case f := <-posts:
			return f, nil
		case <-ctx.Done():
		case <-timer.C:
		}
	}
}

// untilLook is how long to wait for t before the world is looked at again.
func (c *Clock) untilLook(t time.Duration) time.Duration {
	if t == sim.Never {
		return lookAgain
	}
	return min(t-c.Now(), lookAgain)
}

// settled says whether nothing goes on, and keeps what does for Waiting.
func (c *Clock) settled() bool {
	if c.warp == nil {
		return false
	}
	why := c.warp.Unsettled()
	c.waiting.Store(&why)
	return why == ""
}

// tryJump goes towards an event if that is worth it and the world is still settled with the pacers at rest.
func (c *Clock) tryJump(event time.Duration, posts <-chan func()) {
	runUp := c.warp.RunUp(event)
	to := event - runUp
	if c.realTime || to-c.Now() < max(leastJump, 2*runUp) {
		return
	}
	c.paces.hold()
	defer c.paces.resume()
	if c.lastAnswers(posts) && c.settled() {
		c.jump(to)
	}
}

// lastAnswers waits until nothing is on its way any more. It gives up when somebody has something to say to the loop.
func (c *Clock) lastAnswers(posts <-chan func()) bool {
	until := time.Now().Add(holdFor)
	for c.warp.InFlight() > 0 {
		if len(posts) > 0 || time.Now().After(until) {
			return false
		}
		time.Sleep(holdLook)
	}
	return len(posts) == 0
}

func (c *Clock) jump(to time.Duration) {
	if c.warp != nil {
		c.warp.Forget(to - c.Now())
	}
	real := time.Since(c.base)
	from := c.scenario(real)
	c.leap(leap{since: real, shift: to - real})
	c.paces.skip()
	if c.warp != nil {
		c.warp.Jumped(from, to)
	}
}

// leap has scenario time go on otherwise from now on.
func (c *Clock) leap(l leap) {
	leaps := append(slices.Clone(*c.leaps.Load()), l)
	c.leaps.Store(&leaps)
}

// kernel is the clock that a world of real packets lives by.
func (c *Clock) kernel() *Clock { return c }

// Zero implements sim.RunClock.
func (c *Clock) Zero() {
	c.paces.hold()
	defer c.paces.resume()
	if c.warp != nil {
		c.lastAnswers(nil)
	}
	c.jump(0)
}

var _ sim.RunClock = (*Clock)(nil)
