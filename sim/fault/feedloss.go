package fault

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("feed-loss", "lose a power feed: nodes with another live feed stay up",
		func() sim.Fault { return new(FeedLoss) })
}

// FeedLoss is a power feed gone for all that is wired to it.
type FeedLoss struct {
	Feed string `yaml:"feed,scalar,required" doc:"the feed that goes, as named in the nodes' feeds"`
}

// Resolve looks whether a node is wired to the feed.
func (f *FeedLoss) Resolve(p *topology.Plant) error {
	var known []string
	for _, n := range p.Nodes {
		known = append(known, n.Feeds...)
	}
	if slices.Contains(known, f.Feed) {
		return nil
	}
	slices.Sort(known)
	return topology.NewUnknown("power feed", f.Feed, slices.Compact(known))
}

// Inject cuts the feed.
func (f *FeedLoss) Inject(s *sim.Scope) error {
	s.FeedOff(f.Feed)
	return nil
}
