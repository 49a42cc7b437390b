package kernel

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

// still is a world that says what a test wants.
type still struct {
	unsettled func() string
	inFlight  atomic.Int32
	jumps     [][2]time.Duration
	forget    time.Duration // how long forgetting takes
	quiet     bool          // what comes next needs no run-up
}

func (s *still) Unsettled() string {
	if s.unsettled == nil {
		return ""
	}
	return s.unsettled()
}
func (s *still) RunUp(time.Duration) time.Duration {
	if s.quiet {
		return 0
	}
	return runUp
}
func (s *still) InFlight() int        { return int(s.inFlight.Load()) }
func (s *still) Forget(time.Duration) { time.Sleep(s.forget) }
func (s *still) Jumped(from, to time.Duration) {
	s.jumps = append(s.jumps, [2]time.Duration{from, to})
}

// atZero is a clock at time 0 of a world.
func atZero(realTime bool, w *still) *Clock {
	c := NewClock(realTime)
	c.Attach(w)
	c.Zero()
	w.jumps = nil
	return c
}

// inBubble runs a test in made-up real time, which passes only while everybody waits.
func inBubble(t *testing.T, f func(t *testing.T, start time.Time)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, time.Now()) })
}

func TestAClockBeginsBeforeZero(t *testing.T) {
	inBubble(t, func(t *testing.T, _ time.Time) {
		w := &still{}
		c := NewClock(true)
		c.Attach(w)
		assert.Equal(t, beforeZero, c.Now())
		_, err := c.Wait(t.Context(), beforeZero+time.Second, nil)
		require.NoError(t, err)
		c.Zero()
		assert.Equal(t, time.Duration(0), c.Now())
		assert.Equal(t, [][2]time.Duration{{beforeZero + time.Second, 0}}, w.jumps)
	})
}

func TestASettledWorldJumpsToJustBeforeTheNextEvent(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := atZero(false, w)
		f, err := c.Wait(t.Context(), 3*time.Hour, nil)
		require.NoError(t, err)
		require.Nil(t, f)
		assert.Equal(t, 3*time.Hour, c.Now())
		assert.Equal(t, [][2]time.Duration{{0, 3*time.Hour - runUp}}, w.jumps)
		assert.Equal(t, runUp, time.Since(start), "the run-up takes real time")
	})
}

func TestAJumpTowardsWhatChangesNoNetworkNeedsNoRunUp(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{quiet: true}
		c := atZero(false, w)
		f, err := c.Wait(t.Context(), 3*time.Hour, nil)
		require.NoError(t, err)
		require.Nil(t, f)
		assert.Equal(t, [][2]time.Duration{{0, 3 * time.Hour}}, w.jumps)
		assert.Equal(t, start, time.Now())
	})
}

func TestAnUnsettledWorldRunsInRealTimeUntilItSettles(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := atZero(false, w)
		w.unsettled = func() string {
			if time.Since(start) < 2*time.Second {
				return "web: down, predicted up"
			}
			return ""
		}
		_, err := c.Wait(t.Context(), time.Hour, nil)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, time.Since(start), 2*time.Second)
		assert.Less(t, time.Since(start), 2*time.Second+lookAgain+2*runUp)
		require.Len(t, w.jumps, 1)
		assert.GreaterOrEqual(t, w.jumps[0][0], 2*time.Second)
	})
}

func TestAClockSaysWhatItWaitsFor(t *testing.T) {
	inBubble(t, func(t *testing.T, _ time.Time) {
		w := &still{}
		c := atZero(false, w)
		w.unsettled = func() string { return "web: down, predicted up" }
		_, err := c.Wait(t.Context(), time.Second, nil)
		require.NoError(t, err)
		assert.Equal(t, "web: down, predicted up", c.Waiting())
	})
}

func TestShortWaitsAreNoJumps(t *testing.T) {
	inBubble(t, func(t *testing.T, _ time.Time) {
		w := &still{}
		c := atZero(false, w)
		_, err := c.Wait(t.Context(), 3*runUp-1, nil)
		require.NoError(t, err)
		assert.Empty(t, w.jumps)
	})
}

func TestNothingJumpsInRealTime(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := atZero(true, w)
		_, err := c.Wait(t.Context(), time.Minute, nil)
		require.NoError(t, err)
		assert.Empty(t, w.jumps)
		assert.Equal(t, time.Minute, time.Since(start))
	})
}

func TestRequestsOnTheirWayAreWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := atZero(false, w)
		w.inFlight.Store(1)
		time.AfterFunc(time.Second, func() { w.inFlight.Store(0) })
		_, err := c.Wait(t.Context(), time.Hour, nil)
		require.NoError(t, err)
		require.Len(t, w.jumps, 1)
		assert.GreaterOrEqual(t, w.jumps[0][0], time.Second)
	})
}

func TestWhoSpeaksToTheLoopIsHeardBeforeAnyJump(t *testing.T) {
	inBubble(t, func(t *testing.T, _ time.Time) {
		w := &still{}
		c := atZero(false, w)
		posts := make(chan func(), 1)
		posts <- func() {}
		f, err := c.Wait(t.Context(), time.Hour, posts)
		require.NoError(t, err)
		assert.NotNil(t, f)
		assert.Empty(t, w.jumps)
	})
}

func TestASettledWorldWithNothingToDoIsIdle(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := atZero(false, w)
		w.unsettled = func() string {
			if time.Since(start) < time.Second {
				return "web: down, predicted up"
			}
			return ""
		}
		_, err := c.Wait(t.Context(), sim.Never, nil)
		require.ErrorIs(t, err, sim.ErrIdle)
		assert.GreaterOrEqual(t, time.Since(start), time.Second)
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	inBubble(t, func(t *testing.T, _ time.Time) {
		c := atZero(true, &still{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Wait(ctx, time.Hour, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, c.Now())
	})
}

func TestStampsOfBeforeAJumpAreOfBeforeIt(t *testing.T) {
	inBubble(t, func(t *testing.T, _ time.Time) {
		c := atZero(false, &still{})
		before := time.Now()
		time.Sleep(time.Second)
		_, err := c.Wait(t.Context(), time.Hour, nil)
		require.NoError(t, err)
		assert.Equal(t, time.Duration(0), c.Stamp(before))
		assert.Equal(t, time.Hour, c.Stamp(time.Now()))
		assert.Equal(t, time.Hour-time.Millisecond, c.Stamp(time.Now().Add(-time.Millisecond)))
	})
}

// TestTheLoopPlaysHoursInSeconds is the clock as the loop uses it.
func TestTheLoopPlaysHoursInSeconds(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := atZero(false, w)
		loop := sim.NewLoop(c)
		var at []time.Duration
		note := func() { at = append(at, loop.Now()) }
		for _, when := range []time.Duration{10 * time.Millisecond, time.Hour, 10 * time.Hour} {
			loop.At(when, note)
		}
		require.NoError(t, loop.Run(t.Context(), sim.DefaultUntil, func() bool { return false }))
		assert.Equal(t, []time.Duration{10 * time.Millisecond, time.Hour, 10 * time.Hour}, at)
		assert.Less(t, time.Since(start), time.Second)
	})
}

// What is done before a jump must not eat the run-up after it, nor make senders late.
func TestForgettingTakesNoScenarioTime(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := atZero(false, w)
		w.forget = 3 * time.Second
		_, err := c.Wait(t.Context(), time.Hour, nil)
		require.NoError(t, err)
		require.Len(t, w.jumps, 1)
		assert.Equal(t, time.Hour-runUp, w.jumps[0][1])
		assert.Equal(t, time.Hour, c.Now())
		assert.Equal(t, w.forget+runUp, time.Since(start))
	})
}
