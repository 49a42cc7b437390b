package sweep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
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
	// Trials, if set, have sets of failures played as well: the behavioural result.
	Trials Trials
	// Plant is the plant as typed, by which the shards of one sweep are told from those of another.
	Plant string
	// Progress, if set, is called after each step with how many are done and how many there are. A step is a search of
	// equal flows, or a set that is played.
	Progress func(what string, done, of int)
}

// Result is what a sweep found. Its structural part is exact: no minimal cut set up to Depth is missing, and none is
// listed that is not one.
type Result struct {
	Plant     *topology.Plant
	Depth     int
	Elements  map[Kind]int
	Workloads []*Workload
	// Contradictions are claims of redundancy that do not hold.
	Contradictions []Contradiction
	// Findings are what whoever judges plants makes of it all, in words; nil before.
	Findings []finding.Finding
	// Notes say what to know beside the answer, such as what the file left open.
	Notes []string
	// Classes is how many searches answered for all flows.
	Classes int
	// Bandwidth is what failures leave of declared demand; nil when no workload declares any.
	Bandwidth *Bandwidth
	// Behaviour is what was played; nil when nothing was.
	Behaviour *Behaviour
	// Availability is what Estimate worked out; nil before.
	Availability *Availability
	// Recoveries are what Recover played; nil before.
	Recoveries *Recoveries
	// Confirmed are sets that were played on real packets, if any.
	Confirmed []Confirmation

	fates *fates
	sweep *sweep
}

// Workload is what cuts a workload.
type Workload struct {
	Use *sim.Use
	// Cuts are the minimal sets that cut at least one member, the smallest first.
	Cuts []Cut
	// Severed are the members that have no path even when nothing has failed.
	Severed []*sim.Member

	sets    []set
	members []member
}

// Cut is a minimal cut set: all its fates together leave a member without a path, and none can be spared.
type Cut struct {
	Fates []*Fate
	// Members are those that are cut by it.
	Members []*sim.Member
	// End is true when it is one node, and that is itself an end of every member that it cuts.
	End bool
}

// Run finds the minimal cut sets of the workloads, and plays sets of failures where it was told how. Wrong questions are
// ErrDepth, ErrNothing and, for an unknown workload, *topology.Unknown; otherwise it fails only when a world does or ctx
// ends.
func Run(ctx context.Context, p *topology.Plant, uses []*sim.Use, o Options) (*Result, error) {
	s, err := newSweep(p, uses, o)
	if err != nil {
		return nil, err
	}
	part, err := s.part(ctx, Shard{1, 1})
	if err != nil {
		return nil, err
	}
	return s.result([]*Part{part}), nil
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
	opts    Options
	plant   *topology.Plant
	uses    []*sim.Use
	graph   *graph
	fates   *fates
	classes *classes
	members [][]member // by workload

	failures []*Fate
	sets     []combination // that are played
	covers   []Coverage
	outcomes []outcome // by set
}

// newSweep takes a question and finds what there is to search and to play.
func newSweep(p *topology.Plant, uses []*sim.Use, o Options) (*sweep, error) {
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
	s := &sweep{opts: o, plant: p, uses: uses, graph: newGraph(p), fates: f}
	s.classes = newClasses(s.graph, f)
	s.sort()
	if o.Trials.Replay != nil {
		s.failures = failures(p, f)
		s.sets, s.covers = draw(len(s.failures), o.Depth, cmp.Or(o.Trials.Most, DefaultSets), o.Trials.Seed)
	}
	return s, nil
}

// member is where a member's cut sets come from.
type member struct {
	*sim.Member
	class *class
	names []int32
}

// sort puts every member into its class.
func (s *sweep) sort() {
	for _, u := range s.uses {
		var all []member
		for _, m := range u.Members {
			class, names := s.classes.of(m.Talk.Flow())
			all = append(all, member{m, class, names})
		}
		s.members = append(s.members, all)
	}
}

// result puts together what all shards found.
func (s *sweep) result(parts []*Part) *Result {
	for _, part := range parts {
		for i, cuts := range part.Classes {
			s.classes.all[i].cuts = cuts
		}
	}
	r := &Result{
		Plant: s.plant, Depth: s.opts.Depth, Elements: s.fates.elements(), Notes: slices.Clone(s.plant.Notes),
		Classes: len(s.classes.all), fates: s.fates, sweep: s,
	}
	for i, u := range s.uses {
		r.Workloads = append(r.Workloads, s.workload(u, s.members[i]))
	}
	r.Contradictions = contradictions(r)
	r.Bandwidth = s.bandwidth()
	if s.opts.Trials.Replay != nil {
		r.Behaviour = s.behaviour(r, parts)
	}
	return r
}

// workload brings together what cuts any member.
func (s *sweep) workload(u *sim.Use, members []member) *Workload {
	w := &Workload{Use: u, members: members}
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
	cut.End = len(cut.Fates) == 1 && cut.Fates[0].oneNode()
	for _, i := range hit {
		m := u.Members[i]
		cut.Members = append(cut.Members, m)
		cut.End = cut.End && cut.Fates[0].takesEnd(m.Talk.Flow())
	}
	return cut
}

// oneNode says whether it takes one node and nothing else.
func (f *Fate) oneNode() bool { return len(f.nodes) == 1 && len(f.links) == 0 }

// takesEnd says whether it takes a flow's end.
func (f *Fate) takesEnd(flow sim.Flow) bool {
	return slices.Contains(f.nodes, flow.From.Index) || slices.Contains(f.nodes, flow.To.Index)
}
