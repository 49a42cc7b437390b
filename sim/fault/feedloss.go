package fault

import (
	"fmt"
	"sort"
	"strings"

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
	known := map[string]bool{}
	for _, n := range p.Nodes {
		for _, feed := range n.Feeds {
			known[feed] = true
		}
	}
	if known[f.Feed] {
		return nil
	}
	return unknown("power feed", f.Feed, known)
}

// Inject cuts the feed.
func (f *FeedLoss) Inject(s *sim.Scope) error {
	s.FeedOff(f.Feed)
	return nil
}

// unknown says that nothing bears the name, and what there is.
func unknown(what, name string, known map[string]bool) error {
	if len(known) == 0 {
		return fmt.Errorf("no %s %q: the plant names none", what, name)
	}
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, k)
	}
	sort.Strings(names)
	return fmt.Errorf("no %s %q: the plant has %s", what, name, strings.Join(names, ", "))
}
