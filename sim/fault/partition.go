package fault

import (
	"fmt"
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("partition", "two sets of nodes lose all that the other sends, by whatever way",
		func() sim.Fault { return new(Partition) })
}

// Partition keeps two sets of nodes apart: each loses everything that the other sends. What they forward for others
// still passes.
type Partition struct {
	A topology.Target `yaml:"a,required" doc:"one side"`
	B topology.Target `yaml:"b,required" doc:"the other side"`

	a, b []*topology.Node
}

// Resolve finds both sides, which must not share a node.
func (f *Partition) Resolve(p *topology.Plant) (err error) {
	if f.a, err = f.A.Nodes(p); err != nil {
		return err
	}
	if f.b, err = f.B.Nodes(p); err != nil {
		return err
	}
	for _, n := range f.a {
		if slices.Contains(f.b, n) {
			return fmt.Errorf("%s is on both sides of the partition", n.ID)
		}
	}
	return nil
}

// Inject refuses in both directions at once.
func (f *Partition) Inject(s *sim.Scope) error {
	s.Together(func() {
		s.Refuse(f.a, f.b)
		s.Refuse(f.b, f.a)
	})
	return nil
}
