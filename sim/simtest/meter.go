package simtest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

// Meter is the meter of a run, with a count of what it was told.
type Meter struct {
	*sim.Tracker
	mu       sync.Mutex
	answered int
}

// NewMeter makes one that was told nothing yet.
func NewMeter() *Meter { return &Meter{Tracker: sim.NewTracker(time.Second, func() {})} }

// Answered counts, and passes it on.
func (m *Meter) Answered(n uint64, at time.Duration) {
	m.mu.Lock()
	m.answered++
	m.mu.Unlock()
	m.Tracker.Answered(n, at)
}

// Answers is how many answers there were.
func (m *Meter) Answers() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.answered
}

// Await waits until the member is served, or is not.
func (m *Meter) Await(t testing.TB, served bool) {
	t.Helper()
	require.Eventually(t, func() bool { return m.Served() == served }, 30*time.Second, time.Millisecond, "served: %t", served)
}
