package simtest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Meter counts what real traffic tells it.
type Meter struct {
	mu    sync.Mutex
	tally Tally
	asked map[uint64]time.Duration
}

// Tally is what a Meter has counted so far.
type Tally struct {
	Asked, Answered, Failed, Reconnected int
	// Ended counts requests of which it was told more than once how they ended, or that were never asked.
	Wrong int
	// Longest is the longest time from a request to its answer.
	Longest time.Duration
}

// Asked counts.
func (m *Meter) Asked(n uint64, at time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked == nil {
		m.asked = map[uint64]time.Duration{}
	}
	m.tally.Asked++
	m.asked[n] = at
}

// Answered counts.
func (m *Meter) Answered(n uint64, at time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tally.Answered++
	m.tally.Longest = max(m.tally.Longest, at-m.asked[n])
	m.end(n)
}

// Failed counts.
func (m *Meter) Failed(n uint64, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tally.Failed++
	m.end(n)
}

func (m *Meter) end(n uint64) {
	if _, out := m.asked[n]; !out {
		m.tally.Wrong++
	}
	delete(m.asked, n)
}

// Reconnected counts.
func (m *Meter) Reconnected(time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tally.Reconnected++
}

// Late is not looked at: a test machine may be as late as it likes.
func (m *Meter) Late(time.Duration) {}

// Tally is what was counted so far.
func (m *Meter) Tally() Tally {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tally
}

// Wait waits until the tally is as wanted.
func (m *Meter) Wait(t testing.TB, want func(Tally) bool, what string) {
	t.Helper()
	require.Eventually(t, func() bool { return want(m.Tally()) }, 30*time.Second, time.Millisecond, what)
}
