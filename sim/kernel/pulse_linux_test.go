package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

// beating is a pulse on a loopback of its own.
func beating(t *testing.T) (*pulse, *Clock, *paces) {
	t.Helper()
	a, _, clock := twoPlaces(t)
	u, err := newPulse(a.room, clock, a.paces)
	require.NoError(t, err)
	t.Cleanup(u.close)
	return u, clock, a.paces
}

// soon waits until something is so.
func soon(t *testing.T, so func() bool) {
	t.Helper()
	require.Eventually(t, so, 30*time.Second, time.Millisecond)
}

func TestAPulseFollowsTheClock(t *testing.T) {
	u, clock, _ := beating(t)
	soon(t, func() bool { return u.until(clock.Now()) > beforeZero })
	now := clock.Now()
	soon(t, func() bool { return u.until(clock.Now()) > now })
	assert.Equal(t, now, u.until(now), "never later than now")
}

// While whoever answers does not run, as on a machine that is too busy, nothing is lost, however long that lasts.
func TestWhatTheMachineOwesIsNotLost(t *testing.T) {
	u, clock, paces := beating(t)
	tr := sim.NewTracker(time.Second, func() {})
	tr.Watch(u.until)
	paces.hold()
	asked := clock.Now() // after the last beat
	tr.Asked(1, asked)
	tr.Answered(1, asked)
	tr.Take()
	tr.Asked(2, asked)
	tr.Expire(asked + time.Hour)
	assert.True(t, tr.Served(), "an hour in which nobody had his turn")
	paces.resume()
	soon(t, func() bool { tr.Expire(clock.Now()); return !tr.Served() })
	assert.Greater(t, clock.Now()-asked, 200*time.Millisecond, "once the pulse is heard again, it is lost")
}
