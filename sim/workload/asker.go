package workload

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// asker numbers the requests of a talk and tells its meter of them.
type asker struct {
	meter sim.Meter
	last  uint64
}

// ask makes a request; one that cannot even be sent has failed. It is called by one goroutine at a time.
func (a *asker) ask(at time.Duration, send func(n uint64) bool) {
	a.last++
	n := a.last
	a.meter.Asked(n, at)
	if !send(n) {
		a.meter.Failed(n, at)
	}
}

// end tells how a request ended.
func (a *asker) end(n uint64, well bool, at time.Duration) {
	if well {
		a.meter.Answered(n, at)
	} else {
		a.meter.Failed(n, at)
	}
}

// beforeFirst is how long after the beginning of a darkness the first request of a beat falls into it.
func beforeFirst(v sim.Viewer, interval time.Duration) time.Duration {
	return time.Duration((1 - v.Phase()) * float64(interval))
}
