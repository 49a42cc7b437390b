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

// Reboot is a power cycle. It ends by itself when every node is in service again.
type Reboot struct {
	Target topology.Target `yaml:"target,scalar,required" doc:"what reboots: nodes, a family, a range or a group"`
	Offset time.Duration   `yaml:"offset" doc:"time from one node to the next; all together without it"`
	Off    time.Duration   `yaml:"off,positive" doc:"time without power; by default what the boot profile says, or 5s"`

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
				s.Reboot(n, r.Off)
				continue
			}
			s.After(time.Duration(i)*r.Offset, func() { s.Reboot(n, r.Off) })
		}
	})
	return nil
}
