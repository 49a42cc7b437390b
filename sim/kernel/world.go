package kernel

import "github.com/dcdrill/dcdrill/sim"

// Engine makes worlds of real packets. It must run in a box: it makes namespaces and gives none back by itself.
type Engine struct {
	// Virtual is for an engine in a capsule, whose kernel's time is the scenario's.
	Virtual bool
	// RealTime keeps scenario time from jumping: an incident of ten hours takes ten hours.
	RealTime bool
}

// Name is "kernel", or "capsule" in one.
func (e Engine) Name() string {
	if e.Virtual {
		return "capsule"
	}
	return "kernel"
}

// Clock makes a clock that runs with real time and jumps while nothing goes on; in a capsule, one that runs with the
// capsule's.
func (e Engine) Clock() sim.RunClock {
	if e.Virtual {
		return newVirtualClock()
	}
	return NewClock(e.RealTime)
}

var _ sim.Engine = Engine{}
