package fault

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("link-down", "pull cables: both ends lose their carrier until the fault ends",
		func() sim.Fault { return new(LinkDown) })
}

// LinkDown is a pulled cable, or a port shut at one end: either way both ends are without carrier.
type LinkDown struct {
	Target topology.Target `yaml:"target,scalar,required" doc:"links, node:port ends, or nodes (all their links)"`

	links []*topology.Link
}

// Resolve finds the links.
func (l *LinkDown) Resolve(p *topology.Plant) (err error) {
	l.links, err = l.Target.Links(p)
	return err
}

// Inject pulls all of them at once.
func (l *LinkDown) Inject(s *sim.Scope) error {
	s.Unplug(l.links...)
	return nil
}
