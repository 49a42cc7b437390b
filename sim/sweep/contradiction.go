package sweep

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// Contradiction is a claim of redundancy, in the topology file's own words, that does not hold.
type Contradiction struct {
	// Group makes the claim.
	Group *topology.Group
	// Fates are what has to fail, all of it.
	Fates []*Fate
	// Whole: it takes all that stands in for one another. Else it takes some of it, and cuts a workload although the rest
	// still stands.
	Whole bool
	// Workloads are those that are cut. A claim that is taken whole may cut none: then nothing here rests on it.
	Workloads []string
}

// contradictions lists the claims that do not hold, as they stand in the file.
func contradictions(r *Result) []Contradiction {
	var all []Contradiction
	for _, g := range r.Plant.Groups {
		if g.Redundant && len(g.Nodes)+len(g.Links) > 1 {
			all = append(all, r.sharedFates(g)...)
			all = append(all, r.notRedundant(g)...)
		}
	}
	return all
}

// sharedFates are the elements that take all that stands in for one another.
func (r *Result) sharedFates(g *topology.Group) []Contradiction {
	var all []Contradiction
	nodes, links := indexes(g.Nodes, nodeIndex), indexes(g.Links, linkIndex)
	for _, f := range r.fates.all {
		taken, cables := f.alone(r.Plant)
		if !holds(taken, nodes) || !holds(cables, links) {
			continue
		}
		all = append(all, Contradiction{Group: g, Fates: []*Fate{f}, Whole: true, Workloads: r.cutBy(f)})
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
func (r *Result) notRedundant(g *topology.Group) []Contradiction {
	own := map[*Fate]bool{}
	for _, n := range g.Nodes {
		own[r.fates.node[n.Index]] = true
	}
	for _, l := range g.Links {
		own[r.fates.link[l.Index]] = true
	}
	var all []Contradiction
	at := map[set]int{}
	for _, w := range r.Workloads {
		for i, c := range w.Cuts {
			if c.End || len(c.Fates) >= len(own) || slices.ContainsFunc(c.Fates, func(f *Fate) bool { return !own[f] }) {
				continue
			}
			if _, known := at[w.sets[i]]; !known {
				at[w.sets[i]] = len(all)
				all = append(all, Contradiction{Group: g, Fates: c.Fates})
			}
			f := &all[at[w.sets[i]]]
			f.Workloads = append(f.Workloads, w.Use.ID)
		}
	}
	return all
}
