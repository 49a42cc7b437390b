package sim

import (
	"github.com/dcdrill/dcdrill/topology"
)

// Fault is something that goes wrong. The struct is the YAML: its kind is the
// key in a timeline entry, a scalar or list there is its Target.
type Fault interface {
	// Resolve turns names into parts of the plant; every name that is none is an error with a suggestion.
	Resolve(*topology.Plant) error
	// Inject makes it go wrong. It must not block; what it does through s is undone, last thing first, when it heals.
	Inject(s *Scope) error
}

// Impairer is a Fault that impairs links. What its Resolve has found is asked before a run, so that a world that cannot
// do it says so before anything breaks.
type Impairer interface {
	Impairs() topology.Impairment
}
