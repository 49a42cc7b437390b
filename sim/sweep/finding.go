package sweep

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

// Rule is the sort of a finding.
type Rule string

// What a sweep finds beside the cut sets themselves.
const (
	// NoPath: a workload has members without a path although nothing has failed.
	NoPath Rule = "no-path"
	// SinglePoint: one element cuts workloads, and is not just an end of what it cuts.
	SinglePoint Rule = "single-point"
	// SharedFate: what is said to be redundant can be lost all at once to one element.
	SharedFate Rule = "shared-fate"
	// NotRedundant: some of what is said to be redundant cuts a workload while the rest of it still stands.
	NotRedundant Rule = "not-redundant"
	// ConnectedYetDown: a path is left, and what bonds, switching, gateways and routes settle on does not take it.
	ConnectedYetDown Rule = "connected-yet-down"
)

// Finding is something to be put right, or known about.
type Finding struct {
	Rule Rule
	// Group is the claim of redundancy that it contradicts; empty for others.
	Group string
	// Fates are what has to fail, all of it; none for NoPath.
	Fates []*Fate
	// Workloads are those that are cut. A shared fate may cut none: then it is a claim that nothing here rests on.
	Workloads []string
	// Pos is where in the topology file it is about.
	Pos topology.Pos
}

// findings lists what a sweep found: claims that do not hold first, then single points, those of most workloads first.
func findings(r *Result) []Finding {
	var all []Finding
	for _, w := range r.Workloads {
		if len(w.Severed) > 0 {
			all = append(all, Finding{Rule: NoPath, Workloads: []string{w.Use.ID}, Pos: w.Use.Pos})
		}
	}
	for _, g := range r.Plant.Groups {
		if g.Redundant && len(g.Nodes)+len(g.Links) > 1 {
			all = append(all, r.sharedFates(g)...)
			all = append(all, r.notRedundant(g)...)
		}
	}
	return append(all, r.singlePoints()...)
}

// sharedFates are the elements that take all that stands in for one another.
func (r *Result) sharedFates(g *topology.Group) []Finding {
	var all []Finding
	nodes, links := indexes(g.Nodes, nodeIndex), indexes(g.Links, linkIndex)
	for _, f := range r.fates.all {
		taken, cables := f.alone(r.Plant)
		if !holds(taken, nodes) || !holds(cables, links) {
			continue
		}
		all = append(all, Finding{Rule: SharedFate, Group: g.ID, Fates: []*Fate{f}, Workloads: r.cutBy(f), Pos: g.Pos})
	}
	return all
}

// alone is what a fate takes when nothing else has failed.
func (f *Fate) alone(p *topology.Plant) (nodes, links []int) {
	if !f.feed {
		return f.nodes, f.links
	}
	for _, n := range p.Nodes {
		if len(n.Feeds) > 0 && !slices.ContainsFunc(n.Feeds, func(id string) bool { return id != f.Elements[0].ID }) {
			nodes = append(nodes, n.Index)
		}
	}
	return nodes, nil
}

func holds(all, some []int) bool {
	return !slices.ContainsFunc(some, func(x int) bool { return !slices.Contains(all, x) })
}

// cutBy lists the workloads that a fate cuts alone.
func (r *Result) cutBy(f *Fate) []string {
	var ids []string
	for _, w := range r.Workloads {
		if slices.ContainsFunc(w.Cuts, func(c Cut) bool { return len(c.Fates) == 1 && c.Fates[0] == f }) {
			ids = append(ids, w.Use.ID)
		}
	}
	return ids
}

// notRedundant are the cut sets made of some members of a claim, but not all.
func (r *Result) notRedundant(g *topology.Group) []Finding {
	own := map[*Fate]bool{}
	for _, n := range g.Nodes {
		own[r.fates.node[n.Index]] = true
	}
	for _, l := range g.Links {
		own[r.fates.link[l.Index]] = true
	}
	var all []Finding
	at := map[set]int{}
	for _, w := range r.Workloads {
		for i, c := range w.Cuts {
			if c.End || len(c.Fates) >= len(own) || slices.ContainsFunc(c.Fates, func(f *Fate) bool { return !own[f] }) {
				continue
			}
			if _, known := at[w.sets[i]]; !known {
				at[w.sets[i]] = len(all)
				all = append(all, Finding{Rule: NotRedundant, Group: g.ID, Fates: c.Fates, Pos: g.Pos})
			}
			f := &all[at[w.sets[i]]]
			f.Workloads = append(f.Workloads, w.Use.ID)
		}
	}
	return all
}

// singlePoints are the elements that cut a workload alone.
func (r *Result) singlePoints() []Finding {
	var all []Finding
	at := map[*Fate]int{}
	for _, w := range r.Workloads {
		for _, c := range w.Cuts {
			if c.End || len(c.Fates) > 1 {
				continue
			}
			f := c.Fates[0]
			if _, known := at[f]; !known {
				at[f] = len(all)
				all = append(all, Finding{Rule: SinglePoint, Fates: c.Fates, Pos: f.Elements[0].Pos})
			}
			all[at[f]].Workloads = append(all[at[f]].Workloads, w.Use.ID)
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return len(b.Workloads) - len(a.Workloads) })
	return all
}

// Text says what was found in a sentence.
func (f Finding) Text() string {
	cut := report.Few(f.Workloads, 8)
	switch f.Rule {
	case NoPath:
		return cut + " has members without a path although nothing has failed"
	case SharedFate:
		text := f.Group + " claims that one of its members is enough, yet " + f.Fates[0].String() + " takes all of them"
		if len(f.Workloads) == 0 {
			return text + "; no workload rests on it alone"
		}
		return text + " and cuts " + cut
	case NotRedundant:
		return f.Group + " claims that one of its members is enough, yet without " + together(f.Fates) + " there is no path for " + cut
	case ConnectedYetDown:
		return "without " + together(f.Fates) + " a path is left, yet down once everything has settled: " + cut
	}
	return f.Fates[0].String() + " cuts " + cut
}
