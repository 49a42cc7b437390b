package kernel

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inHand is a drill clock of a world whose steady state has been seen.
func inHand(w *still) *DrillClock {
	c := NewDrillClock()
	c.Attach(w)
	c.Zero()
	w.jumps = nil
	return c
}

// waitFor has the loop wait until t, for some real time at most; it says whether t came.
func waitFor(t *testing.T, c *DrillClock, until, real time.Duration) bool {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), real)
	defer stop()
	_, err := c.Wait(ctx, until, nil)
	if err != nil {
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	return err == nil
}

func TestADrillStandsUntilItIsLetGo(t *testing.T) {
	inBubble(t, func(t *testing.T, _ time.Time) {
		c := inHand(&still{unsettled: func() string { return "web has not been asked since the last change" }})
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		_, err := c.Wait(ctx, time.Nanosecond, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded, "whatever the plant does")
	})
}

func TestADrillGoesAsPacketsDoAndNeverJumpsUnasked(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := inHand(w)
		c.Run(1)
		assert.True(t, waitFor(t, c, 3*time.Hour, 4*time.Hour))
		assert.Equal(t, 3*time.Hour, time.Since(start))
		assert.Empty(t, w.jumps)
	})
}

func TestAPauseTakesEffectOnceAllHasSettled(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{unsettled: func() string {
			if time.Since(start) < 3*time.Second {
				return "web is measured served and predicted not served"
			}
			return ""
		}}
		c := inHand(w)
		c.Run(1)
		require.True(t, waitFor(t, c, time.Second, time.Hour))
		c.Run(0)
		require.True(t, waitFor(t, c, 2*time.Second, time.Hour), "what is due until it has settled happens")
		assert.Contains(t, c.Settling(), "web")
		posts := make(chan func(), 1)
		time.AfterFunc(time.Hour, func() { posts <- func() {} })
		_, err := c.Wait(t.Context(), 4*time.Second, posts)
		require.NoError(t, err)
		assert.Less(t, c.Now(), 3*time.Second+2*lookAgain, "an hour of pause is none of the scenario's")
		assert.Empty(t, c.Settling())
		c.Run(1)
		at, on := c.Now(), time.Now()
		require.True(t, waitFor(t, c, 4*time.Second, time.Hour))
		assert.Equal(t, 4*time.Second-at, time.Since(on), "it goes on from where it stood")
		assert.Empty(t, w.jumps)
	})
}

func TestADrillJumpsAsFarAsItIsTold(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		w := &still{}
		c := inHand(w)
		c.Jump(4 * time.Hour)
		assert.True(t, waitFor(t, c, time.Hour, time.Minute))
		assert.True(t, waitFor(t, c, 4*time.Hour, time.Minute), "what is due at that moment happens")
		assert.False(t, waitFor(t, c, 4*time.Hour+time.Second, time.Hour), "and nothing after it")
		assert.Less(t, c.Now(), 4*time.Hour+2*lookAgain)
		assert.Less(t, time.Since(start), time.Hour+time.Second)
		require.Len(t, w.jumps, 2)
	})
}

// Somebody in another terminal may do something to the plant while time stands: what comes of it takes its time.
func TestTimeGoesOnWhileSomethingHasToSettle(t *testing.T) {
	inBubble(t, func(t *testing.T, start time.Time) {
		broken := false
		w := &still{unsettled: func() string {
			if broken && time.Since(start) < time.Minute+time.Second {
				return "web is measured served and predicted not served"
			}
			return ""
		}}
		c := inHand(w)
		c.Jump(0)
		posts := make(chan func(), 1)
		time.AfterFunc(time.Minute, func() { posts <- func() { broken = true } })
		f, err := c.Wait(t.Context(), time.Hour, posts)
		require.NoError(t, err)
		before := c.Now()
		f()
		assert.False(t, waitFor(t, c, time.Hour, time.Hour))
		assert.InDelta(t, time.Second.Seconds(), (c.Now() - before).Seconds(), (2 * lookAgain).Seconds())
	})
}
