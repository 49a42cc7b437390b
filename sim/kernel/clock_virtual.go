package kernel

import (
	"context"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Resting is what a clock must know of its world in a capsule. There waiting is free, and the kernel's own timers go on
// through all of it; but every request costs, so those of whom nothing can become rest. All methods are called on the
// loop's goroutine.
type Resting interface {
	// Rest has everybody rest of whom nothing becomes before a moment, and names the first who goes on; empty when there
	// is none.
	Rest(before time.Duration) string
	// Rouse has everybody asked once more.
	Rouse()
}

const (
	// virtualLook is how often those who go on are looked at. Each look costs some system calls, and the sooner
	// everybody rests the fewer requests there are: twice in the shortest default interval.
	virtualLook = 20 * time.Millisecond
	// phaseAhead is how much earlier than predicted a timer of the kernel's may be that the prediction puts in the
	// middle of its phase: half the longest hello of all protocols in use (STP and PVRST, 2 s; IEEE 802.1D 8.10.2).
	phaseAhead = time.Second
)

// newVirtualClock makes a clock for a capsule: it runs with the kernel's own, and never jumps but to 0.
func newVirtualClock() *Clock {
	c := NewClock(true)
	c.virtual = true
	return c
}

// waitVirtual is Wait in a capsule. Before it says that nothing can happen any more, everybody is asked a last time.
func (c *Clock) waitVirtual(ctx context.Context, t time.Duration, posts <-chan func()) (func(), error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	roused := false
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c.Now() >= t {
			return nil, nil
		}
		busy := c.busy(t)
		switch {
		case busy == "" && t == sim.Never && roused && len(posts) == 0:
			return nil, sim.ErrIdle
		case busy == "" && t == sim.Never && !roused:
			c.rest.Rouse()
			roused = true
		}
		timer.Reset(c.untilVirtual(t, busy))
		select {
		case f := <-posts:
			return f, nil
		case <-ctx.Done():
		case <-timer.C:
		}
	}
}

// busy has the world rest until shortly before t, and keeps who goes on for Waiting.
func (c *Clock) busy(t time.Duration) string {
	if c.rest == nil {
		return "the plant is being built"
	}
	why := c.rest.Rest(t)
	c.waiting.Store(&why)
	return why
}

// untilVirtual is how long to wait for t, looking at those who go on meanwhile.
func (c *Clock) untilVirtual(t time.Duration, busy string) time.Duration {
	if t == sim.Never {
		return virtualLook
	}
	left := t - c.Now()
	if busy != "" {
		return min(left, virtualLook)
	}
	return left
}
