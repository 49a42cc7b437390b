package fault

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("power-off", "take the power from nodes; it stays away until the fault ends",
		func() sim.Fault { return new(PowerOff) })
}

// PowerOff is a node without power. When it ends, the node boots by its profile.
type PowerOff struct {
	Target topology.Target `yaml:"target,scalar,required" doc:"what loses power: nodes, a family, a range or a group"`

	nodes []*topology.Node
}

// Resolve finds the nodes.
func (p *PowerOff) Resolve(plant *topology.Plant) (err error) {
	p.nodes, err = p.Target.Nodes(plant)
	return err
}

// Inject takes the power from all of them at once.
func (p *PowerOff) Inject(s *sim.Scope) error {
	s.PowerOff(p.nodes...)
	return nil
}
