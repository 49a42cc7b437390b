package sweep

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// DefaultDepth is how many failures at once a sweep looks at when nobody says: single ones and pairs.
const DefaultDepth = 2

// ErrDepth is a depth that no sweep can go to.
var ErrDepth = errors.New("depth is out of range")

// ErrNothing is a plant in which nobody talks to anybody: nothing could be cut, which is no answer.
var ErrNothing = errors.New("no workload is declared, and no two hosts could talk")

// Options of a sweep; the zero value takes every workload to DefaultDepth.
type Options struct {
	// Depth is the largest cut sets that are looked for, up to MaxDepth; 0 is DefaultDepth.
	Depth int
	// Workloads are the IDs of those that are looked at; none: all.
	Workloads []string
	// Progress, if set, is called after each class of equal flows with how many are done and how many there are.
	Progress func(done, of int)
}

// Result is what a sweep found. It is exact: no minimal cut set up to Depth is missing, and none is listed that is not
// one.
type Result struct {
	Plant     *topology.Plant
	Depth     int
	Elements  map[Kind]int
	Workloads []*Workload
	Findings  []Finding
	// Notes say what to know beside the answer, such as what the file left open.
	Notes []string
	// Classes is how many searches answered for all flows.
	Classes int

	fates *fates
}

// Workload is what cuts a workload.
type Workload struct {
	Use *sim.Use
	// Cuts are the minimal sets that cut at least one member, the smallest first.
	Cuts []Cut
	// Severed are the members that have no path even when nothing has failed.
	Severed []*sim.Member

	sets []set
}

// Cut is a minimal cut set: all its fates together leave a member without a path, and none can be spared.
type Cut struct {
	Fates []*Fate
	// Members are those that are cut by it.
	Members []*sim.Member
	// End is true when it is one node, and that is itself an end of every member that it cuts.
	End bool
}

// Run finds the minimal cut sets of the workloads. Wrong questions are ErrDepth, ErrNothing and, for an unknown workload,
// *topology.Unknown; otherwise it fails only when ctx ends.
func Run(ctx context.Context, p *topology.Plant, uses []*sim.Use, o Options) (*Result, error) {
	if o.Depth == 0 {
		o.Depth = DefaultDepth
	}
	if o.Depth < 0 || o.Depth > MaxDepth {
		return nil, fmt.Errorf("sweep combinations of %d failures: %w: from 1 to %d", o.Depth, ErrDepth, MaxDepth)
	}
	if len(uses) == 0 {
		return nil, fmt.Errorf("sweep %s: %w", p.Name, ErrNothing)
	}
	uses, err := pick(uses, o.Workloads)
	if err != nil {
		return nil, err
	}
	f := newFates(p)
	s := &sweep{graph: newGraph(p), fates: f}
	s.classes = newClasses(s.graph, f)
	flows := s.sort(uses)
	if err := s.search(ctx, o); err != nil {
		return nil, err
	}
	r := &Result{Plant: p, Depth: o.Depth, Elements: f.elements(), Notes: slices.Clone(p.Notes), Classes: len(s.classes.all), fates: f}
	for i, u := range uses {
		r.Workloads = append(r.Workloads, s.workload(u, flows[i]))
	}
	r.Findings = findings(r)
	return r, nil
}

// pick takes the workloads that were asked for.
func pick(uses []*sim.Use, ids []string) ([]*sim.Use, error) {
	if len(ids) == 0 {
		return uses, nil
	}
	var have []string
	var some []*sim.Use
	for _, u := range uses {
		have = append(have, u.ID)
		if slices.Contains(ids, u.ID) {
			some = append(some, u)
		}
	}
	for _, id := range ids {
		if !slices.Contains(have, id) {
			return nil, topology.NewUnknown("workload", id, have)
		}
	}
	return some, nil
}

// sweep is one at work.
type sweep struct {
	graph   *graph
	fates   *fates
	classes *classes
}

// member is where a member's cut sets come from.
type member struct {
	*sim.Member
	class *class
	names []int32
}

// sort puts every member into its class.
func (s *sweep) sort(uses []*sim.Use) [][]member {
	all := make([][]member, len(uses))
	for i, u := range uses {
		for _, m := range u.Members {
			class, names := s.classes.of(m.Talk.Flow())
			all[i] = append(all[i], member{m, class, names})
		}
	}
	return all
}

func (s *sweep) search(ctx context.Context, o Options) error {
	x := newSearch(ctx, s.graph, s.fates, o.Depth)
	for i, c := range s.classes.all {
		c.cuts = x.cuts(c.ways)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("sweep %d of %d classes of flows: %w", i, len(s.classes.all), err)
		}
		if o.Progress != nil {
			o.Progress(i+1, len(s.classes.all))
		}
	}
	return nil
}

// workload brings together what cuts any member.
func (s *sweep) workload(u *sim.Use, members []member) *Workload {
	w := &Workload{Use: u}
	by := map[set][]int{} // the members of which a set is a minimal cut set
	for i, m := range members {
		for _, c := range m.class.cuts {
			if c.size() == 0 {
				w.Severed = append(w.Severed, m.Member)
				continue
			}
			c = m.class.rename(c, m.names)
			by[c] = append(by[c], i)
		}
	}
	for c := range by {
		w.sets = append(w.sets, c)
	}
	w.sets = minimal(w.sets)
	for _, c := range w.sets {
		w.Cuts = append(w.Cuts, s.cut(c, by[c], u))
	}
	return w
}

func (s *sweep) cut(c set, hit []int, u *sim.Use) Cut {
	cut := Cut{}
	for _, x := range c[:c.size()] {
		cut.Fates = append(cut.Fates, s.fates.all[x])
	}
	cut.End = len(cut.Fates) == 1 && len(cut.Fates[0].nodes) == 1 && len(cut.Fates[0].links) == 0
	for _, i := range hit {
		m := u.Members[i]
		cut.Members = append(cut.Members, m)
		cut.End = cut.End && cut.Fates[0].takesEnd(m.Talk.Flow())
	}
	return cut
}

// takesEnd says whether it takes a flow's end.
func (f *Fate) takesEnd(flow sim.Flow) bool {
	return slices.Contains(f.nodes, flow.From.Index) || slices.Contains(f.nodes, flow.To.Index)
}
