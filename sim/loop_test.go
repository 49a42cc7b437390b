package sim

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func never() bool { return false }

func TestLoopRunsInOrderOfTimeThenSequence(t *testing.T) {
	l := NewLoop(&VirtualClock{})
	var got []string
	note := func(s string) func() { return func() { got = append(got, s) } }
	l.At(2*time.Second, note("c"))
	l.At(time.Second, note("a"))
	l.At(time.Second, note("b"))
	l.At(3*time.Second, func() {
		note("d")()
		l.At(time.Second, note("e")) // the past is now
	})
	cancel := l.At(time.Second, note("cancelled"))
	cancel()
	require.NoError(t, l.Run(context.Background(), time.Hour, never))
	assert.Equal(t, []string{"a", "b", "c", "d", "e"}, got)
	assert.Equal(t, 3*time.Second, l.Now())
}

func TestLoopStopsAtUntil(t *testing.T) {
	l := NewLoop(&VirtualClock{})
	ran := 0
	l.At(time.Minute, func() { ran++ })
	l.At(2*time.Minute, func() { ran++ })
	require.NoError(t, l.Run(context.Background(), time.Minute, never))
	assert.Equal(t, 1, ran, "what is due at the end still runs, what is later does not")
	assert.Equal(t, time.Minute, l.Now())
}

func TestLoopStopsWhenDone(t *testing.T) {
	l := NewLoop(&VirtualClock{})
	ran := false
	l.After(time.Second, func() { ran = true })
	l.After(time.Hour, func() { t.Error("ran after it was done") })
	require.NoError(t, l.Run(context.Background(), Never, func() bool { return ran }))
}

func TestLoopRunsWhatIsPosted(t *testing.T) {
	l := NewLoop(&VirtualClock{})
	ran := false
	l.Post(func() { ran = true })
	l.At(time.Second, func() { assert.True(t, ran) })
	require.NoError(t, l.Run(context.Background(), Never, never))
	assert.True(t, ran)
}

func TestLoopEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	l := NewLoop(&VirtualClock{})
	l.At(time.Second, cancel)
	l.At(2*time.Second, func() { t.Error("ran after the end") })
	assert.ErrorIs(t, l.Run(ctx, Never, never), context.Canceled)
}

func TestSettingTheClockToZeroKeepsWhatIsDueAsFarOff(t *testing.T) {
	clock := NewVirtualClock()
	l := NewLoop(clock)
	require.Negative(t, l.Now())
	var at []time.Duration
	l.After(3*time.Second, func() { at = append(at, l.Now()) })
	l.After(time.Second, func() {
		l.zero(clock)
		at = append(at, l.Now())
	})
	require.NoError(t, l.Run(context.Background(), Never, never))
	assert.Equal(t, []time.Duration{0, 2 * time.Second}, at)
}

func TestALoopIsQuietUntilTheNextThingThatIsNot(t *testing.T) {
	l := NewLoop(NewVirtualClock())
	at := func(d time.Duration) time.Duration { return l.Now() + d }
	l.Quietly(at(time.Second), func() {})
	assert.True(t, l.Quiet(at(time.Hour)))
	cancel := l.At(at(time.Minute), func() {})
	assert.True(t, l.Quiet(at(time.Minute-1)))
	assert.False(t, l.Quiet(at(time.Minute)))
	cancel()
	assert.True(t, l.Quiet(at(time.Hour)), "what was cancelled does not count")
}

// lateClock is as late for everything as a busy machine is.
type lateClock struct {
	VirtualClock
	by time.Duration
}

// Wait implements Clock.
func (c *lateClock) Wait(ctx context.Context, t time.Duration, posts <-chan func()) (func(), error) {
	if t != Never {
		t += c.by
	}
	return c.VirtualClock.Wait(ctx, t, posts)
}

func TestLatenessDoesNotAddUp(t *testing.T) {
	const late = time.Millisecond
	l := NewLoop(&lateClock{by: late})
	tasks, order := 0, ""
	var next func()
	next = func() {
		if tasks++; tasks < 300 {
			l.After(time.Minute, next)
		}
	}
	l.After(time.Minute, next)
	const due = 301 * time.Minute
	l.At(due, func() {
		assert.Equal(t, time.Duration(due), l.Moment())
		l.After(0, func() { order += "a" })
		l.After(time.Microsecond, func() { order += "b" }) // due as well by now, but later
		l.After(0, func() { order += "c" })
	})
	require.NoError(t, l.Run(context.Background(), due, func() bool { return tasks == 300 }))
	assert.Equal(t, 300*time.Minute+late, l.Now(), "late once, and not three hundred times")
	require.NoError(t, l.Run(context.Background(), due+time.Hour, func() bool { return len(order) == 3 }))
	assert.Equal(t, "acb", order)
	l.Post(func() { assert.Equal(t, l.Now(), l.Moment(), "what is posted comes when it comes") })
	require.NoError(t, l.Run(context.Background(), due+2*time.Hour, never))
}
