package fault

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("isolate", "cut a node off while it believes it is well: carriers stay, nothing gets in or out",
		func() sim.Fault { return new(Isolate) })
}

// Isolate is a node that runs and forwards nothing: every carrier is up, so nobody who trusts carriers notices.
type Isolate struct {
	Target topology.Target `yaml:"target,scalar,required" doc:"what is cut off: nodes, a family, a range or a group"`

	nodes []*topology.Node
}

// Resolve finds the nodes.
func (i *Isolate) Resolve(p *topology.Plant) (err error) {
	i.nodes, err = i.Target.Nodes(p)
	return err
}

// Inject darkens both directions of all their links.
func (i *Isolate) Inject(s *sim.Scope) error {
	var dark []*topology.Port
	for _, n := range i.nodes {
		for _, p := range n.Ports {
			dark = append(dark, p, p.Peer())
		}
	}
	s.Darken(dark...)
	return nil
}
