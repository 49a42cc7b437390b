package fault

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("cut", "a digger cuts a conduit: every link whose fibre lies in it is gone",
		func() sim.Fault { return new(Cut) })
}

// Cut is a conduit cut through: links that were thought apart and lay in one trench.
type Cut struct {
	Conduit string `yaml:"conduit,scalar,required" doc:"the conduit, as named at the links"`

	links []*topology.Link
}

// Resolve finds the links in the conduit.
func (c *Cut) Resolve(p *topology.Plant) error {
	var known []string
	c.links = nil
	for _, l := range p.Links {
		if l.Conduit == "" {
			continue
		}
		known = append(known, l.Conduit)
		if l.Conduit == c.Conduit {
			c.links = append(c.links, l)
		}
	}
	if len(c.links) == 0 {
		slices.Sort(known)
		return topology.NewUnknown("conduit", c.Conduit, slices.Compact(known))
	}
	return nil
}

// Inject cuts them all at once.
func (c *Cut) Inject(s *sim.Scope) error {
	s.Unplug(c.links...)
	return nil
}
