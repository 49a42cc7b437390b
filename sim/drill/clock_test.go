package drill

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

// wall is real time as a test wants it.
type wall struct{ now time.Time }

func (w *wall) Now() time.Time { return w.now }

func begun() (*Clock, *wall) {
	w := &wall{now: time.Unix(0, 0)}
	c := NewClock()
	c.real = w.Now
	c.Zero()
	return c, w
}

func TestClockStandsUntilItIsLetGo(t *testing.T) {
	c, w := begun()
	w.now = w.now.Add(time.Hour)
	assert.Zero(t, c.Present())
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	_, err := c.Wait(ctx, 0, nil)
	assert.ErrorIs(t, err, context.DeadlineExceeded, "what is due at once does not happen either")
}

func TestClockRunsAsFastAsTold(t *testing.T) {
	c, w := begun()
	c.Run(60)
	w.now = w.now.Add(2 * time.Second)
	assert.Equal(t, 2*time.Minute, c.Present())
	posts := make(chan func(), 1)
	posts <- func() {}
	f, err := c.Wait(t.Context(), time.Hour, posts)
	require.NoError(t, err)
	assert.NotNil(t, f)
	assert.Equal(t, 2*time.Minute, c.Now(), "who acts does so now")
	c.Run(0)
	w.now = w.now.Add(time.Hour)
	assert.Equal(t, 2*time.Minute, c.Present())
}

func TestClockJumpsWhenTold(t *testing.T) {
	c, _ := begun()
	c.Jump(4 * time.Hour)
	for _, due := range []time.Duration{time.Second, 4 * time.Hour} {
		f, err := c.Wait(t.Context(), due, nil)
		require.NoError(t, err)
		assert.Nil(t, f)
		assert.Equal(t, due, c.Now())
	}
	posts := make(chan func(), 1)
	posts <- func() {}
	f, err := c.Wait(t.Context(), 5*time.Hour, posts)
	require.NoError(t, err)
	assert.NotNil(t, f, "it went no further")
	assert.Equal(t, 4*time.Hour, c.Now())
}

func TestClockTakesNoTimeBeforeItBegins(t *testing.T) {
	c := NewClock()
	before := c.Now()
	assert.Negative(t, before)
	_, err := c.Wait(t.Context(), before+time.Second, nil)
	require.NoError(t, err)
	assert.Equal(t, before+time.Second, c.Now())
	_, err = c.Wait(t.Context(), sim.Never, nil)
	assert.ErrorIs(t, err, sim.ErrIdle)
}
