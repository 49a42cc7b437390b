package model

import (
	"cmp"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// spell is a time in which the same share of requests is lost and the 99th percentile of the others is as late at least,
// and for how long it is sampled at least and at most.
type spell struct {
	share       float64
	late        time.Duration
	least, most time.Duration
}

// spells are all the times of a run.
type spells []spell

// spellOf is a time with the same odds. One in which chance has a say is sampled until it has had it, and the clock may jump
// over the rest, or over all of one in which nothing is lost.
func spellOf(o sim.Odds, lasted, late time.Duration) spell {
	if o == (sim.Odds{}) {
		return spell{most: lasted}
	}
	return spell{o.Share, late, min(lasted, sim.SampleChance), lasted}
}

// last says that the run ends with the latest spell: a world that measures samples it before it ends.
func (s spells) last() {
	x := &s[len(s)-1]
	x.least, x.most = sim.SampleChance, x.most+sim.SampleChance
}

// loss is between what and what the share that is lost over all sampled time may lie.
func (s spells) loss() [2]float64 {
	if len(s) == 0 {
		return [2]float64{}
	}
	s = slices.Clone(s)
	slices.SortStableFunc(s, func(a, b spell) int { return cmp.Compare(a.share, b.share) })
	bounds := [2]float64{1, 0}
	for cut := range len(s) + 1 {
		few, many := s.mean(cut, true), s.mean(cut, false)
		bounds = [2]float64{min(bounds[0], few), max(bounds[1], many)}
	}
	return bounds
}

// shown is the part of all sampled time from which on what is late in it shows in the 99th percentile of all, however many
// are lost. Chosen.
const shown = 0.05

// late is how late the 99th percentile of all answers is at least.
func (s spells) late() time.Duration {
	least := time.Duration(0)
	for _, bar := range s {
		late, others := time.Duration(0), time.Duration(0)
		for _, x := range s {
			if x.late >= bar.late {
				late += x.least
			} else {
				others += x.most
			}
		}
		if late.Seconds() > shown*(late+others).Seconds() {
			least = max(least, bar.late)
		}
	}
	return least
}

// mean is the share that is lost over all when what is before a cut is sampled as long as can be and the rest as short, or
// the other way round.
func (s spells) mean(cut int, longBefore bool) float64 {
	lost, sampled := 0.0, 0.0
	for i, x := range s {
		length := x.least
		if i < cut == longBefore {
			length = x.most
		}
		lost += x.share * length.Seconds()
		sampled += length.Seconds()
	}
	if sampled == 0 {
		return s[min(cut, len(s)-1)].share
	}
	return lost / sampled
}
