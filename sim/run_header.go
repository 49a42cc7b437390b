package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

func (r *Run) header() HeaderData {
	h := HeaderData{
		Format: Format, Program: r.opts.Program, World: r.engine,
		Scenario: r.sc.Name, Story: r.sc.Story, Plant: plantLine(r.sc.Plant), Seed: r.sc.Seed, Phase: r.opts.Phase, RealTime: r.opts.RealTime,
		Topology: r.sc.TopologyText, Text: r.sc.Text, Capabilities: r.capabilities(),
		Question: len(r.sc.Expect) == 0, Notes: r.sc.Plant.Notes,
	}
	if !r.sc.Start.IsZero() {
		h.Start = r.sc.Start.Format(time.RFC3339)
	}
	for _, u := range r.sc.Uses {
		h.Uses = append(h.Uses, u.data())
	}
	for _, e := range r.sc.Timeline {
		h.Entries = append(h.Entries, EntryData{e.ID, e.Kind, e.Text, e.By})
	}
	return h
}

func (u *Use) data() UseData {
	d := UseData{
		ID: u.ID, Kind: u.Kind, Members: len(u.Members), Tier: u.Tier, Tolerates: Seconds(u.Workload.Tolerates()), Inferred: u.Inferred,
	}
	if t, ok := u.Workload.(LossTolerant); ok {
		if share, asked := t.ToleratesLoss(); asked {
			d.ToleratesLoss = &share
		}
	}
	for _, w := range u.Watches {
		if !slices.Contains(d.Watches, w.Aspect) {
			d.Watches = append(d.Watches, w.Aspect)
		}
	}
	return d
}

func (r *Run) capabilities() []Capability {
	if r.world == nil {
		return nil
	}
	return r.world.Capabilities()
}

// count is "1 link", "2 links".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// plantLine says in a few words what was broken.
func plantLine(p *topology.Plant) string {
	return fmt.Sprintf("%s: %s, %s", p.Name, count(len(p.Nodes), "node"), count(len(p.Links), "link"))
}

// realSpent is left out where time is virtual: the same seed must give the same log.
func (r *Run) realSpent() map[string]Seconds {
	if r.clock.Wall() == nil {
		return nil
	}
	return r.real.spent()
}
