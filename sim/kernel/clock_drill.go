package kernel

import (
	"context"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// DrillClock is a clock in a facilitator's hand: it runs with real time or stands, and jumps only as far as it is told.
// Packets cannot be hurried and cannot be stopped on their way, so it stands once everything has settled:
//
//	real       0 ────── 60 s ── 62 s ──────── 90 s ─ 91 s
//	scenario   0 ────── 60 s ── 62 s (stands) ────── 4 h ──
//	                    └ pause  └ settled           └ jump
//
// Until its world has its steady state it is an ordinary Clock. Then it stands until it is let go for the first time,
// whatever the plant does. All methods are called on the loop.
type DrillClock struct {
	*Clock
	zeroed   bool
	fresh    bool          // it was never let go
	running  bool          // with real time
	hurry    time.Duration // it may jump until then
	standing bool          // time stands, and so do the pacers
}

// NewDrillClock makes a clock that stands before 0.
func NewDrillClock() *DrillClock { return &DrillClock{Clock: NewClock(false), fresh: true} }

// Zero implements sim.RunClock: time 0 has come, and stands.
func (c *DrillClock) Zero() {
	c.Clock.Zero()
	c.zeroed = true
	c.paces.hold()
	c.halt()
}

// Run lets time go on as packets do, at speed 1; 0 has it stand as soon as everything has settled.
func (c *DrillClock) Run(speed float64) {
	c.running = speed > 0
	c.fresh = c.fresh && !c.running
}

// Jump goes to a moment: what is due until then happens, and what settles meanwhile is waited for.
func (c *DrillClock) Jump(to time.Duration) { c.hurry, c.fresh = max(c.hurry, to), false }

// Speed is 1 while time goes on, 0 when it is to stand.
func (c *DrillClock) Speed() float64 {
	if c.running {
		return 1
	}
	return 0
}

// Fastest is as fast as packets are.
func (c *DrillClock) Fastest() float64 { return 1 }

// Present is the scenario time that a watch on the wall shows.
func (c *DrillClock) Present() time.Duration { return c.Now() }

// Settling names what a clock that is to stand or to jump still waits for; empty once it does, and while it need not.
func (c *DrillClock) Settling() string {
	switch why := c.Waiting(); {
	case c.standing || c.running || why == "" && c.moves():
		return ""
	case why == "":
		return "the last answers"
	default:
		return why
	}
}

// moves says whether time is to go on.
func (c *DrillClock) moves() bool { return c.running || c.Now() < c.hurry }

// Wait implements sim.Clock. It never says that nothing is left to wait for: somebody in the room can still do something.
func (c *DrillClock) Wait(ctx context.Context, t time.Duration, posts <-chan func()) (func(), error) {
	if !c.zeroed {
		return c.Clock.Wait(ctx, t, posts)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if err := ctx.Err(); err != nil {
			c.goOn()
			return nil, err
		}
		c.turn(posts)
		if c.Now() >= t && (!c.standing || t <= c.hurry) {
			return nil, nil
		}
		var look <-chan time.Time
		if !c.standing { // while it stands, nothing changes but by a post
			c.hasten(t, posts)
			timer.Reset(c.untilLook(t))
			look = timer.C
		}
		select {
		case f := <-posts:
			return f, nil
		case <-ctx.Done():
		case <-look:
		}
	}
}

// turn has time stand or go on as it should.
func (c *DrillClock) turn(posts <-chan func()) {
	switch {
	case c.fresh:
	case c.moves() || !c.settled():
		c.goOn()
	case !c.standing:
		c.stand(posts)
	}
}

// hasten jumps towards the end of the hurry if it may.
func (c *DrillClock) hasten(t time.Duration, posts <-chan func()) {
	if to := min(t, c.hurry); c.Now() < to && c.settled() {
		c.tryJump(to, posts)
	}
}

// stand stops time once the last answers have come.
func (c *DrillClock) stand(posts <-chan func()) {
	c.paces.hold()
	if !c.lastAnswers(posts) || !c.settled() {
		c.paces.resume()
		return
	}
	c.halt()
}

// halt stops time; the pacers are held already.
func (c *DrillClock) halt() {
	real := time.Since(c.base)
	c.leap(leap{since: real, shift: c.scenario(real), stands: true})
	c.standing = true
}

// goOn lets time go on from where it stands.
func (c *DrillClock) goOn() {
	if !c.standing {
		return
	}
	real := time.Since(c.base)
	c.leap(leap{since: real, shift: c.scenario(real) - real})
	c.standing = false
	c.paces.resume()
}

var _ sim.RunClock = (*DrillClock)(nil)
