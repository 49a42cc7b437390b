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
	if gap := now - t.busy; !t.begun || gap > arrears {
		if t.begun && t.speed.Latency == 0 { // whoever waits for that does not ask meanwhile
			t.idle += gap
		}
		t.begun, t.busy = true, now
	}
	t.busy += t.speed.Cost(topology.Bytes(length))
	return max(now, t.busy) + t.speed.Latency
}

// Idle is for how long the disks have stood still so far, between two requests that were further apart than they can make up
// for. Whoever asks for one thing after the other knows by it what they were kept from.
func (t *Throttle) Idle() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.idle
}
