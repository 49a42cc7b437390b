package sweep

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
)

// Behaviour is who is down once bonds, switching, gateways and routes have settled after a set of failures that happen
// at one instant. It was played set by set: a bond that stays on a link whose far side is dark makes it neither follow
// from the paths that are left, nor grow with the failures.
type Behaviour struct {
	// Covers say how many of all sets were played. Where that is not all, nothing is known of the others.
	Covers []Coverage
	// Seed is that of the draw, where there was one.
	Seed      uint64
	Workloads []*Failing
	// Unserved are workloads that are not served although nothing has failed; they were not played.
	Unserved []string
}

// Failing is what brings a workload down.
type Failing struct {
	Use *sim.Use
	// Sets bring at least one member down, and no part of them that was played does. The smallest come first.
	Sets []FailingSet
	// Masked counts the sets that leave all members up although a part of them brings one down.
	Masked int
}

// FailingSet is a set of failures after which members are down; Members are all of them.
type FailingSet struct {
	Cut
	// Connected are those of the members that have a physical path all the same.
	Connected []*sim.Member
	// Sometimes is true when it hangs on a hash whether any of them is down: one of two equal paths is of use.
	Sometimes bool
}

// Exact says whether every set up to the sweep's depth was played.
func (b *Behaviour) Exact() bool {
	return !slices.ContainsFunc(b.Covers, func(c Coverage) bool { return !c.Exact() })
}

// behaviour makes sense of what was played.
func (s *sweep) behaviour(r *Result, parts []*Part) *Behaviour {
	b := &Behaviour{Covers: s.covers, Seed: s.opts.Trials.Seed, Unserved: parts[0].Unserved}
	s.outcomes = make([]outcome, len(s.sets))
	for _, part := range parts {
		for i, o := range part.Outcomes {
			s.outcomes[i] = o
		}
	}
	first := 0 // the number of the workload's first member
	for _, w := range r.Workloads {
		if !slices.Contains(b.Unserved, w.Use.ID) {
			b.Workloads = append(b.Workloads, s.failing(w, first))
		}
		first += len(w.Use.Members)
	}
	return b
}

// failing finds the sets that bring a workload down.
func (s *sweep) failing(w *Workload, first int) *Failing {
	f := &Failing{Use: w.Use}
	fails := map[string]bool{}
	for i, c := range s.sets {
		down, sometimes := s.outcomes[i].of(first, len(w.Use.Members))
		part := c.anyPart(fails)
		switch {
		case len(down) == 0 && part:
			f.Masked++
		case len(down) > 0 && !part:
			f.Sets = append(f.Sets, s.failingSet(w, c, down, sometimes))
		}
		if len(down) > 0 {
			fails[c.key()] = true
		}
	}
	return f
}

// of is which members of a workload are down, as numbers from 0, and whether that hangs on a hash.
func (o outcome) of(first, members int) (down []int, sometimes bool) {
	for _, all := range o {
		some := 0
		for _, m := range all {
			if m >= first && m < first+members {
				down = append(down, m-first)
				some++
			}
		}
		sometimes = sometimes || some == 0
	}
	slices.Sort(down)
	return slices.Compact(down), sometimes
}

func (c combination) key() string { return string(appendInts(nil, c...)) }

// anyPart says whether a part of a set, not all of it, is among those that fail.
func (c combination) anyPart(fails map[string]bool) bool {
	return slices.ContainsFunc(c.parts(), func(part combination) bool { return fails[part.key()] })
}

// parts are all parts of a set that are not empty and not all of it.
func (c combination) parts() []combination {
	var all []combination
	for mask := 1; mask < 1<<len(c)-1; mask++ {
		var part combination
		for i, x := range c {
			if mask>>i&1 == 1 {
				part = append(part, x)
			}
		}
		all = append(all, part)
	}
	return all
}

func (s *sweep) failingSet(w *Workload, c combination, down []int, sometimes bool) FailingSet {
	x := FailingSet{Cut: Cut{Fates: s.fatesOf(c)}, Sometimes: sometimes}
	lost := emptySet()
	for i, f := range c {
		lost[i] = int32(s.failures[f].index)
	}
	x.End = x.Fates[0].oneNode() && len(c) == 1
	for _, m := range down {
		member := w.members[m]
		x.Members = append(x.Members, member.Member)
		x.End = x.End && x.Fates[0].takesEnd(member.Talk.Flow())
		if !member.cutBy(lost) {
			x.Connected = append(x.Connected, member.Member)
		}
	}
	return x
}

// cutBy says whether a member has no path left without these fates.
func (m *member) cutBy(lost set) bool {
	return slices.ContainsFunc(m.class.cuts, func(c set) bool {
		c = m.class.rename(c, m.names)
		return !slices.ContainsFunc(c[:c.size()], func(x int32) bool { return !slices.Contains(lost[:], x) })
	})
}
