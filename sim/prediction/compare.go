package prediction

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Disagreement is a measurement that no prediction allows, or a prediction that nothing measured bears out.
type Disagreement struct {
	Member    string
	What      string // "begins", "ends", "lasts", "outages", "never ends", "data"
	Measured  string
	Predicted string
	Evidence  []int // events of the measured log
}

// String says it in a line.
func (d Disagreement) String() string {
	return fmt.Sprintf("%s: %s: measured %s, predicted %s", d.Member, d.What, d.Measured, d.Predicted)
}

// Compare holds a measured log against predictions of the same scenario at different phases. Every outage must begin
// and end within the hull of the predictions, give or take its resolution, Slack and the worst lateness of its sender; where predictions differ in whether
// there is an outage at all, either will do. Outages too short to be seen (2 x Slack) need not be.
func Compare(measured *sim.Log, predicted ...*sim.Log) []Disagreement {
	h := sim.HistoryOf(measured)
	var laws []*sim.History
	for _, p := range predicted {
		laws = append(laws, sim.HistoryOf(p))
	}
	var all []Disagreement
	for _, l := range laws {
		if !l.Steady() { // it has no outages to compare with, and must not agree with a measurement that has none
			return []Disagreement{{"all", "steady state", served(h.Steady()), served(false), nil}}
		}
	}
	odds := oddsOf(predicted)
	for _, u := range measured.Header().Uses {
		for _, m := range append(u.Subjects(), u.WatchSubjects()...) {
			d, some := odds[m]
			switch {
			case some && d.Lawless != "": // there is nothing to compare with
			case some:
				all = append(all, compareOdds(m, measured, h, d)...)
				fallthrough
			default:
				all = append(all, compareMember(m, h, laws)...)
				all = append(all, compareIntegrity(m, measured, predicted)...)
			}
		}
	}
	return all
}

// spell is a stretch of time in which some histories of a member have outages, and others may have none.
type spell struct {
	to       time.Duration
	measured []sim.Outage
	laws     [][]sim.Outage // by prediction
}

func compareMember(member string, h *sim.History, laws []*sim.History) []Disagreement {
	var all []Disagreement
	for _, s := range spells(member, h, laws) {
		all = append(all, s.compare(member, sim.Slack+h.Late(member))...)
	}
	return all
}

// spells groups the outages of all histories that touch one another.
func spells(member string, h *sim.History, laws []*sim.History) []*spell {
	type item struct {
		sim.Outage
		law int // -1: measured
	}
	var items []item
	for _, o := range h.OutagesOf(member) {
		items = append(items, item{o, -1})
	}
	for i, l := range laws {
		for _, o := range l.OutagesOf(member) {
			items = append(items, item{o, i})
		}
	}
	slices.SortStableFunc(items, func(a, b item) int { return int(min(1, max(-1, a.From-b.From))) })
	var all []*spell
	for _, x := range items {
		if len(all) == 0 || x.From > all[len(all)-1].to+x.Resolution+sim.Slack {
			all = append(all, &spell{to: x.To, laws: make([][]sim.Outage, len(laws))})
		}
		s := all[len(all)-1]
		if s.to = max(s.to, x.To+x.Resolution); x.Open {
			s.to = math.MaxInt64 / 2
		}
		if x.law < 0 {
			s.measured = append(s.measured, x.Outage)
		} else {
			s.laws[x.law] = append(s.laws[x.law], x.Outage)
		}
	}
	return all
}

// hull is the least and the most of something over all predictions that have it.
type hull struct{ least, most time.Duration }

// over is the hull of what of says of every prediction that has outages in the spell.
func (s *spell) over(of func([]sim.Outage) time.Duration) hull {
	h := hull{math.MaxInt64, math.MinInt64}
	for _, l := range s.laws {
		if len(l) > 0 {
			h.least, h.most = min(h.least, of(l)), max(h.most, of(l))
		}
	}
	return h
}

func (h hull) holds(d, tolerance time.Duration) bool {
	return h.least-tolerance <= d && d <= h.most+tolerance
}

func (h hull) String() string {
	if h.least == h.most {
		return h.least.String()
	}
	return h.least.String() + " to " + h.most.String()
}

// compare allows for slack beyond the resolution.
func (s *spell) compare(member string, slack time.Duration) []Disagreement {
	tolerance := slack
	for _, o := range s.measured {
		tolerance = max(tolerance, o.Resolution+slack)
	}
	say := func(what, measured, predicted string) []Disagreement {
		return []Disagreement{{member, what, measured, predicted, s.evidence()}}
	}
	few, many := s.counts()
	switch n := len(s.measured); {
	case many == 0 && longestOf(s.measured) > tolerance:
		return say("outages", s.tell(), "none")
	case many == 0:
		return nil // too short to be told from a stall of this machine
	case n < few || n > many && longestOf(s.measured) > tolerance:
		return say("outages", fmt.Sprint(n), fmt.Sprintf("%d to %d", few, many))
	case n == 0:
		return nil
	}
	first, last, total := hullOf(s)
	var all []Disagreement
	if got := begins(s.measured); !first.holds(got, tolerance) {
		all = append(all, say("begins", got.String(), first.String())...)
	}
	switch open, some, every := ends(s.measured) == sim.Never, last.most == sim.Never, last.least == sim.Never; {
	case open && !some || !open && every:
		return append(all, say("never ends", fmt.Sprint(open), fmt.Sprint(some))...)
	case open:
		return all
	}
	if got := ends(s.measured); got < last.least-tolerance || last.most != sim.Never && got > last.most+tolerance {
		all = append(all, say("ends", got.String(), last.String())...)
	}
	if many == 1 {
		return all // when it begins and ends says how long it lasts: the phases of the two need not be the same
	}
	if got := lasts(s.measured); last.most != sim.Never && !total.holds(got, 2*tolerance*time.Duration(len(s.measured))) {
		all = append(all, say("lasts", got.String(), total.String())...)
	}
	return all
}

// hullOf is when the outages of a spell may begin and end, and how long they may be in all. What is not known when they
// begin (the look of a bond at its carriers) has nothing to do with what is not known when they end (the next question of
// a host that has heard nothing for long), while each prediction takes both early or both late: so one outage may be as
// short as from its latest beginning to its earliest end, and several by as much shorter in all.
func hullOf(s *spell) (first, last, total hull) {
	first, last, total = s.over(begins), s.over(ends), s.over(lasts)
	if last.most == sim.Never {
		return first, last, total
	}
	if _, many := s.counts(); many == 1 {
		return first, last, hull{min(total.least, last.least-first.most), max(total.most, last.most-first.least)}
	}
	open := first.most - first.least
	return first, last, hull{total.least - open, total.most + open}
}

// counts is the least and the most number of outages that predictions have here; those that nobody would see do not
// count for the least.
func (s *spell) counts() (few, many int) {
	few = math.MaxInt
	for _, l := range s.laws {
		seen := 0
		for _, o := range l {
			if o.Open || o.Length() > 2*sim.Slack {
				seen++
			}
		}
		few, many = min(few, seen), max(many, len(l))
	}
	return few, many
}

func begins(all []sim.Outage) time.Duration { return all[0].From }

// ends is when the last outage does; Never for an open one.
func ends(all []sim.Outage) time.Duration {
	if last := all[len(all)-1]; !last.Open {
		return last.To
	}
	return sim.Never
}

func lasts(all []sim.Outage) time.Duration {
	sum := time.Duration(0)
	for _, o := range all {
		sum += o.Length()
	}
	return sum
}

func longestOf(all []sim.Outage) time.Duration {
	longest := time.Duration(0)
	for _, o := range all {
		longest = max(longest, o.Length())
	}
	return longest
}

func (s *spell) tell() string {
	var all []string
	for _, o := range s.measured {
		all = append(all, fmt.Sprintf("%s from %s", o.Length(), o.From))
	}
	return strings.Join(all, ", ")
}

func (s *spell) evidence() []int {
	var seqs []int
	for _, o := range s.measured {
		seqs = append(seqs, o.Down)
		if o.Up != 0 {
			seqs = append(seqs, o.Up)
		}
	}
	return seqs
}

func served(steady bool) string {
	if steady {
		return "served before the first fault"
	}
	return "not served before the first fault"
}

// Either counts the conversations of a scenario of which its predictions do not say whether they have an outage or how
// many, so that a measurement agrees whatever it finds, and all conversations. Too many of them would make agreement
// worth nothing.
func Either(predicted ...*sim.Log) (either, all int) {
	var laws []*sim.History
	for _, p := range predicted {
		laws = append(laws, sim.HistoryOf(p))
	}
	for _, u := range predicted[0].Header().Uses {
		for _, m := range u.Subjects() {
			all++
			if slices.ContainsFunc(spells(m, &sim.History{}, laws), (*spell).either) {
				either++
			}
		}
	}
	return either, all
}

// either says whether some predictions have an outage here that would be seen, and others have none.
func (s *spell) either() bool {
	few, _ := s.counts()
	longest := time.Duration(0)
	for _, l := range s.laws {
		longest = max(longest, longestOf(l))
	}
	return few == 0 && longest > 2*sim.Slack
}
