package fault

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("reboot", "take the power from nodes and give it back: they boot in stages, together or one after the other",
		func() sim.Fault { return new(Reboot) })
}

// DefaultOff is how long a rebooting node is without power where neither the fault nor its boot profile says. Chosen:
// a person or a switched outlet needs some seconds, and with minutes of boot to follow it hardly matters.
const DefaultOff = 5 * time.Second

// Reboot is a power cycle. It ends by itself when every node is in service again.
type Reboot struct {
	Target topology.Target `yaml:"target,scalar,required" doc:"what reboots: nodes, a family, a range or a group"`
	Offset time.Duration   `yaml:"offset" doc:"time from one node to the next; all together without it"`
	Off    time.Duration   `yaml:"off" doc:"time without power; by default what the boot profile says, or 5s"`

	nodes []*topology.Node
}

// Resolve finds the nodes.
func (r *Reboot) Resolve(p *topology.Plant) (err error) {
	r.nodes, err = r.Target.Nodes(p)
	return err
}

// Inject cycles the nodes.
func (r *Reboot) Inject(s *sim.Scope) error {
	s.Together(func() {
		for i, n := range r.nodes {
			if i == 0 || r.Offset == 0 {
				r.cycle(s, n)
				continue
			}
			s.After(time.Duration(i)*r.Offset, func() { r.cycle(s, n) })
		}
	})
	return nil
}

func (r *Reboot) cycle(s *sim.Scope, n *topology.Node) {
	power := s.Sub()
	power.PowerOff(n)
	s.After(r.off(n), power.Release)
	s.UntilForwarding(n)
}

func (r *Reboot) off(n *topology.Node) time.Duration {
	switch {
	case r.Off > 0:
		return r.Off
	case n.Boot.Off > 0:
		return n.Boot.Off
	}
	return DefaultOff
}
