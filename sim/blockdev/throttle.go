package blockdev

import (
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Speed is how fast an array's disks are.
type Speed struct {
	topology.DiskSpeed
	// Latency is added to every request; requests pass through it side by side.
	Latency time.Duration
}

// arrears is how far busy disks may lag behind and still catch up: somebody who asks for one thing after the other gets
// what the disks can do, though he needs a moment between two requests, as reading ahead would have it. It is longer
// than what a loaded machine delays requests by (31 ms, measured), and no longer than what is allowed for in comparing
// (sim.Slack).
const arrears = 100 * time.Millisecond

// Throttle makes all who share it as slow as the disks behind them: requests are served one after the other at the
// disks' speed, so that a boot storm hurts everybody. The zero value sets no limit. Safe for use from several goroutines.
type Throttle struct {
	mu    sync.Mutex
	speed Speed
	busy  time.Duration // until when the disks have work
	begun bool          // they have had some
	idle  time.Duration // what they had no work for, beyond what they make up for
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
	if !t.begun || now-t.busy > arrears {
		t.idle += t.gap(now)
		t.begun, t.busy = true, now
	}
	t.busy += t.speed.Cost(topology.Bytes(length))
	return max(now, t.busy) + t.speed.Latency
}

// Idle is for how long the disks have stood still until now, between two requests that were further apart than they can make
// up for, and since the last. Whoever asks for one thing after the other knows by it what they were kept from meanwhile.
func (t *Throttle) Idle(now time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.idle + t.gap(now)
}

// gap is for how long the disks have been without work now, if that is more than they can make up for. With a latency it
// says nothing: whoever waits for that does not ask meanwhile.
func (t *Throttle) gap(now time.Duration) time.Duration {
	if gap := now - t.busy; t.begun && gap > arrears && t.speed.Latency == 0 {
		return gap
	}
	return 0
}
