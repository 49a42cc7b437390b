package workload

import (
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// flight keeps the requests that are on their way and tells the meter of each exactly once how it ended.
type flight struct {
	meter   sim.Meter
	timeout time.Duration

	mu   sync.Mutex
	next uint64
	out  []request // by time
}

type request struct {
	n  uint64
	at time.Duration
}

// launch begins a request, fails those that have been out for too long, and this one too when it cannot be sent.
func (f *flight) launch(at time.Duration, send func(n uint64) bool) {
	f.expire(at)
	if n := f.ask(at); !send(n) {
		f.fail(n, at)
	}
}

// ask begins a request.
func (f *flight) ask(at time.Duration) uint64 {
	f.mu.Lock()
	f.next++
	n := f.next
	f.out = append(f.out, request{n, at})
	f.mu.Unlock()
	f.meter.Asked(n, at)
	return n
}

// answer ends a request well; an answer to one that has ended already, or never was, is nothing.
func (f *flight) answer(n uint64, at time.Duration) {
	if f.take(n) {
		f.meter.Answered(n, at)
	}
}

// fail ends a request badly.
func (f *flight) fail(n uint64, at time.Duration) {
	if f.take(n) {
		f.meter.Failed(n, at)
	}
}

// end ends a request one way or the other.
func (f *flight) end(n uint64, well bool, at time.Duration) {
	if well {
		f.answer(n, at)
	} else {
		f.fail(n, at)
	}
}

// expire fails every request that has been out for longer than the timeout.
func (f *flight) expire(now time.Duration) {
	f.mu.Lock()
	var old []request
	for len(f.out) > 0 && now-f.out[0].at > f.timeout {
		old = append(old, f.out[0])
		f.out = f.out[1:]
	}
	f.mu.Unlock()
	for _, r := range old {
		f.meter.Failed(r.n, now)
	}
}

func (f *flight) take(n uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, r := range f.out {
		if r.n == n {
			f.out = append(f.out[:i], f.out[i+1:]...)
			return true
		}
	}
	return false
}
