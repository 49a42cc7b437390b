package blockdev

import (
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Speed is how fast an array's disks are. Zero values set no limit.
type Speed struct {
	// Throughput is bytes a second, Operations requests a second, of all controllers together.
	Throughput topology.Bytes
	Operations int
	// Latency is added to every request; requests pass through it side by side.
	Latency time.Duration
}

// Throttle makes all who share it as slow as the disks behind them: requests are served one after the other at the
// disks' speed, so that a boot storm hurts everybody. The zero value sets no limit. Safe for use from several goroutines.
type Throttle struct {
	mu    sync.Mutex
	speed Speed
	busy  time.Duration // until when the disks have work
	begun bool          // they have had some
}

// SetSpeed changes the speed for requests yet to come.
func (t *Throttle) SetSpeed(s Speed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.speed = s
}

// Speed is what was set last.
func (t *Throttle) Speed() Speed {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.speed
}

// admit is when a request that comes now will have been served.
func (t *Throttle) admit(now time.Duration, length int64) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.begun || t.busy < now {
		t.begun, t.busy = true, now
	}
	t.busy += t.speed.cost(length)
	return t.busy + t.speed.Latency
}

// cost is how long the disks are busy with a request: the longer of what its bytes and its being one operation take.
func (s Speed) cost(length int64) time.Duration {
	var cost time.Duration
	if s.Throughput > 0 {
		cost = time.Duration(float64(length) / float64(s.Throughput) * float64(time.Second))
	}
	if s.Operations > 0 {
		cost = max(cost, time.Second/time.Duration(s.Operations))
	}
	return cost
}
