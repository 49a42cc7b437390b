// Package proto holds the protocols of the plant as pure step machines: bonds,
// virtual gateways, routes.
//
//	           told                       asked
//	Link(now, 0, false) ──> ┌──────┐ ──> Next()    when it wants to be stepped
//	Step(now)           ──> │ Bond │ ──> Active()  what is so now
//	                        └──────┘ ──> Pending() whether time alone will change that
//
// A machine has no clock, no I/O and no goroutine: the time is an argument, and
// its owner steps it when Next says so. Both worlds drive the very same
// machines, the model from its graph, the kernel world from real link events.
//
// Where a moment inside an interval cannot be known (how long ago the last
// advert was sent), a machine is made with a phase: 0 is the earliest outcome, 1
// the latest.
package proto

import (
	"math"
	"time"
)

// Never is what Next says when time alone will change nothing.
const Never = time.Duration(math.MaxInt64)
