package kernel

import "github.com/dcdrill/dcdrill/sim"

// Engine makes worlds of real packets. It must run in a box: it makes namespaces and gives none back by itself.
type Engine struct {
	// RealTime keeps scenario time from jumping: an incident of ten hours takes ten hours.
	RealTime bool
}

// Name is "kernel".
func (Engine) Name() string { return "kernel" }

// Clock makes a clock that runs with real time and jumps while nothing goes on.
func (e Engine) Clock() sim.RunClock { return NewClock(e.RealTime) }

var _ sim.Engine = Engine{}
