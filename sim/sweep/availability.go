package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// ErrNotPlayed is a sweep that played too little to say anything of downtime.
var ErrNotPlayed = errors.New("not all single failures were played")

// Availability is how long workloads are down in a year. Every single failure, and every larger set that brings a member
// down while no part of it does, is played once more and repaired after its time: how often it comes, times the outage
// that the model plays for it, switching over and booting included. Common causes are elements of their own: groups,
// feeds, conduits. What does not come back by itself is brought back by people, who take as long as the rates say.
//
// The low end takes the lowest rates, the shortest repairs and the luckiest phases, the high end the others. More
// failures at once than were played are in neither: Beyond bounds them.
type Availability struct {
	Rates     Rates
	Workloads []*Downtime
	// Depth is the largest sets that count: those of which all were played.
	Depth int
	// Beyond is the most that more than Depth failures at once could add to each, if they took everything down.
	Beyond time.Duration
}

// Downtime is a year of a workload, of its worst member.
type Downtime struct {
	Use    *sim.Use
	Member *sim.Member
	// Low and High are how long it is down in a year.
	Low, High time.Duration
	// Causes are what makes it, the most at the high end first.
	Causes []Cause
}

// Cause is what a set of failures adds to a year.
type Cause struct {
	Fates     []*Fate
	Low, High time.Duration
}

// price is what a set costs each member in a year: the low and the high end.
type price [2][]float64

// Estimate works out the downtime of what a sweep has played. It fails with ErrNotPlayed when that was too little.
func (r *Result) Estimate(ctx context.Context, rates Rates) error {
	if r.Behaviour == nil || len(r.Behaviour.Covers) == 0 || !r.Behaviour.Covers[0].Exact() {
		return fmt.Errorf("work out downtime: %w", ErrNotPlayed)
	}
	s := r.sweep
	a := &Availability{Rates: rates}
	for _, c := range r.Behaviour.Covers {
		if !c.Exact() {
			break
		}
		a.Depth = c.Failures
	}
	a.Beyond = s.beyond(rates, a.Depth)
	rig, _, err := newRig(s.plant, s.uses, s.failures, s.opts.Trials)
	if err != nil {
		return err
	}
	sets, blamed := s.culprits(rig, a.Depth)
	prices := make([]price, len(sets))
	err = sim.Each(ctx, len(sets), func(i int) (err error) {
		prices[i], err = s.price(rig, rates, sets[i])
		return err
	}, func(over int) {
		if s.opts.Progress != nil {
			s.opts.Progress("repairs", over, len(sets))
		}
	})
	if err != nil {
		return err
	}
	for _, f := range r.Behaviour.Workloads {
		a.Workloads = append(a.Workloads, s.downtime(rig, f.Use, sets, blamed, prices))
	}
	r.Availability = a
	return nil
}

// beyond bounds how long more than depth failures are there at once: the sum over all sets of that size of the part of
// time that all of one are down is at most the mean number of failures to the power of the size, by its factorial.
func (s *sweep) beyond(rates Rates, depth int) time.Duration {
	mean := 0.0
	for _, f := range s.failures {
		w := rates.wear(s.plant, f, 1)
		mean += w.often * float64(w.repair) / float64(year)
	}
	part := 1.0
	for i := 1; i <= depth+1; i++ {
		part *= mean / float64(i)
	}
	return time.Duration(min(part, 1) * float64(year))
}

// culprits are the sets that cost anybody anything: all single failures, and larger sets that bring a member down while
// no part of them does. Blamed says of each which members those are; for a single failure, all.
func (s *sweep) culprits(rig *rig, depth int) (sets []combination, blamed []map[int]bool) {
	fails := make([]map[string]bool, len(rig.number))
	for i, c := range s.sets {
		if len(c) > depth {
			break // they come in order of size
		}
		mine := map[int]bool{}
		for _, m := range s.outcomes[i].either() {
			if fails[m] == nil {
				fails[m] = map[string]bool{}
			}
			if !c.anyPart(fails[m]) {
				mine[m] = true
			}
			fails[m][c.key()] = true
		}
		if len(c) == 1 || len(mine) > 0 {
			sets, blamed = append(sets, c), append(blamed, mine)
		}
	}
	return sets, blamed
}

// either lists who is down at any phase.
func (o outcome) either() []int {
	var all []int
	for _, down := range o {
		all = append(all, down...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// price plays a set and its repair, at both ends of its rates.
func (s *sweep) price(rig *rig, rates Rates, c combination) (price, error) {
	var p price
	for end := range p {
		var all []wear
		for _, f := range c {
			all = append(all, rates.wear(s.plant, s.failures[f], end))
		}
		w := meet(all)
		p[end] = make([]float64, len(rig.number))
		if w.often == 0 {
			continue
		}
		for i, phase := range hashes {
			log, err := rig.replay(rig.scenario(c, w.repair), phase)
			if err != nil {
				return p, fmt.Errorf("play a repair: %w", err)
			}
			rig.charge(p[end], sim.HistoryOf(log), w.often, rates[hands].Repair[end], end, i == 0)
		}
	}
	return p, nil
}

// charge books what each member was gone in a history: the shortest of all phases at the low end, the longest at the
// high one. Hands is how long people take to bring back what is not served when all else is.
func (r *rig) charge(to []float64, h *sim.History, often float64, hands time.Duration, end int, first bool) {
	for _, u := range r.uses {
		for _, m := range u.Members {
			gone, _ := h.Total(m.Subject())
			if o := h.OutagesOf(m.Subject()); len(o) > 0 && o[len(o)-1].Open {
				gone += hands // all else is up again, and it does not come back by itself
			}
			cost, at := often*float64(gone), r.number[m.Subject()]
			switch {
			case first:
				to[at] = cost
			case end == 0:
				to[at] = min(to[at], cost)
			default:
				to[at] = max(to[at], cost)
			}
		}
	}
}

// downtime sums up for the members of a workload, and gives the worst.
func (s *sweep) downtime(rig *rig, u *sim.Use, sets []combination, blamed []map[int]bool, prices []price) *Downtime {
	worst := &Downtime{Use: u, High: -1}
	for _, m := range u.Members {
		d := &Downtime{Use: u, Member: m}
		at := rig.number[m.Subject()]
		for i, c := range sets {
			if len(c) > 1 && !blamed[i][at] {
				continue
			}
			low, high := duration(prices[i][0][at]), duration(prices[i][1][at])
			if high == 0 {
				continue
			}
			d.Low, d.High = d.Low+low, d.High+high
			d.Causes = append(d.Causes, Cause{s.fatesOf(c), low, high})
		}
		if d.High > worst.High {
			worst = d
		}
	}
	slices.SortStableFunc(worst.Causes, func(a, b Cause) int { return int(min(1, max(-1, b.High-a.High))) })
	return worst
}

func duration(ns float64) time.Duration { return time.Duration(min(ns, math.MaxInt64/2)) }

func (s *sweep) fatesOf(c combination) []*Fate {
	all := make([]*Fate, len(c))
	for i, x := range c {
		all[i] = s.failures[x]
	}
	return all
}
