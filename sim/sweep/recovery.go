package sweep

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/topology"
)

// Recoveries are how people get over the sets of failures that hit most: what a single set costs when people have to find
// it, parts have to come and machines have to be restarted one by one.
type Recoveries struct {
	// People says whose they are.
	People string
	// Of is how many sets there were to choose from; those that hit most members were played.
	Of int
	// All are those that were played, the longest first.
	All []Recovery
}

// Recovery is how one set of failures was got over.
type Recovery struct {
	Fates []*Fate
	// By are the elements that failed, for each of Fates: of links their transceivers, where they have some, for those take
	// parts.
	By [][]Element
	// Workloads are those that were gone, the longest first.
	Workloads []Recovered
	// Longest is what took most of the first one's time, and Took how long that was; empty where nothing has a name.
	Longest string
	Took    time.Duration
	// Stuck is what people waited for in vain; empty where they did not.
	Stuck string
}

// Recovered is a workload that was gone.
type Recovered struct {
	Use *sim.Use
	// Gone is the longest outage of any member. Open: it was not over when the run was.
	Gone time.Duration
	Open bool
}

// People are who recovers, with what, and from when on.
type People struct {
	Words    string
	Recovery sim.Recovery
	Start    time.Time
	Rates    Rates
}

// playedFor is how long people have beyond the longest repair, before a run is over. Chosen: a week.
const playedFor = 7 * 24 * time.Hour

// Recover plays the sets that hit most members, once each, and has people get over them. What people have no work for
// (nodes, feeds, ducts) is repaired after the longest time that the rates know.
func (r *Result) Recover(ctx context.Context, most int, people People, t Trials) error {
	sets := r.hardest()
	all := &Recoveries{People: people.Words, Of: len(sets)}
	sets = sets[:min(most, len(sets))]
	all.All = make([]Recovery, len(sets))
	err := sim.Each(ctx, len(sets), func(i int) (err error) {
		all.All[i], err = r.recover(sets[i], people, t)
		return err
	}, func(over int) {
		if r.sweep.opts.Progress != nil {
			r.sweep.opts.Progress("recoveries", over, len(sets))
		}
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(all.All, func(a, b Recovery) int { return b.worst().compare(a.worst()) })
	r.Recoveries = all
	return nil
}

// worst is the workload that is gone the longest; the zero value where none is.
func (x *Recovery) worst() Recovered {
	if len(x.Workloads) == 0 {
		return Recovered{}
	}
	return x.Workloads[0]
}

// compare orders by how long they are gone: what is not over longer than all else.
func (x Recovered) compare(y Recovered) int {
	if d := flag(x.Open) - flag(y.Open); d != 0 {
		return d
	}
	return int(min(1, max(-1, x.Gone-y.Gone)))
}

// hardest lists all sets that bring somebody down, those that hit most members first, then the smaller ones.
func (r *Result) hardest() [][]*Fate {
	type hit struct {
		fates   []*Fate
		name    string
		members int
	}
	var all []*hit
	by := map[string]*hit{}
	take := func(fates []*Fate, members int) {
		name := together(fates)
		if by[name] == nil {
			by[name] = &hit{fates: fates, name: name}
			all = append(all, by[name])
		}
		by[name].members += members
	}
	for _, w := range r.Workloads {
		for _, c := range w.Cuts {
			take(c.Fates, len(c.Members))
		}
	}
	if r.Behaviour != nil {
		for _, f := range r.Behaviour.Workloads {
			for _, s := range f.Sets {
				take(s.Fates, len(s.Connected)) // the others are cut
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *hit) int {
		for _, d := range []int{b.members - a.members, len(a.fates) - len(b.fates)} {
			if d != 0 {
				return d
			}
		}
		return strings.Compare(a.name, b.name)
	})
	sets := make([][]*Fate, len(all))
	for i, h := range all {
		sets[i] = h.fates
	}
	return sets
}

// recover plays one set.
func (r *Result) recover(set []*Fate, people People, t Trials) (Recovery, error) {
	x := Recovery{Fates: set}
	sc := &sim.Scenario{Name: "sweep", Plant: r.Plant, Recovery: people.Recovery, Start: people.Start, Until: playedFor}
	for _, w := range r.Workloads {
		sc.Uses = append(sc.Uses, w.Use)
	}
	for _, f := range set {
		elements := f.mended(r.Plant)
		x.By = append(x.By, elements)
		for _, e := range elements {
			if err := r.breaks(sc, e, people.Rates, t); err != nil {
				return x, err
			}
		}
	}
	log, err := t.Replay(sc, sim.MiddlePhase)
	if err == nil {
		err = prediction.Explain(log, sc, t.Replay)
	}
	if err != nil {
		return x, fmt.Errorf("play the recovery from %s: %w", together(set), err)
	}
	x.read(log, sc.Uses)
	return x, nil
}

// breaks adds the loss of an element to a scenario. Cables and transceivers stay lost until people see to them.
func (r *Result) breaks(sc *sim.Scenario, e Element, rates Rates, t Trials) error {
	lasts := time.Duration(0)
	if e.Kind != Link && e.Kind != Transceiver {
		_, rate := rates.of(r.Plant, e)
		lasts = rate.Repair[1]
	}
	sc.Until = max(sc.Until, lasts+playedFor)
	for _, text := range e.Faults(r.Plant) {
		entry, err := t.Fault(text)
		if err != nil {
			return fmt.Errorf("play the loss of %s: %w", e, err)
		}
		entry.ID, entry.For = "failure-"+strconv.Itoa(len(sc.Timeline)+1), lasts
		sc.Timeline = append(sc.Timeline, entry)
	}
	return nil
}

// mended are the elements by which a fate comes true that are harder to put right: dead transceivers have to be found and
// replaced, cables are plugged in again. A batch of transceivers dies one on each of its links.
func (f *Fate) mended(p *topology.Plant) []Element {
	for _, e := range f.Elements {
		if e.Kind == Transceiver {
			return []Element{e}
		}
	}
	var batch []Element
	for _, l := range f.links {
		if end := p.Links[l].A; end.Optic != nil {
			batch = append(batch, Element{Kind: Transceiver, ID: end.String()})
		}
	}
	if e := f.Elements[0]; e.Kind == Group && len(f.nodes) == 0 && len(batch) == len(f.links) {
		return batch
	}
	return f.Elements[:1]
}

// read takes from a log who was gone for how long, and what took the time.
func (x *Recovery) read(log *sim.Log, uses []*sim.Use) {
	h := sim.HistoryOf(log)
	for _, u := range uses {
		if o, some := h.Longest(u.ID); some {
			x.Workloads = append(x.Workloads, Recovered{u, o.Length(), o.Open})
		}
	}
	slices.SortStableFunc(x.Workloads, func(a, b Recovered) int { return b.compare(a) })
	for _, e := range log.Events() {
		switch d := e.Data.(type) {
		case sim.ShareData:
			if len(x.Workloads) > 0 && e.Subject == x.Workloads[0].Use.ID && !d.After && time.Duration(d.Length) > x.Took {
				x.Longest, x.Took = d.Name, time.Duration(d.Length)
			}
		case sim.TaskData:
			if d.State == sim.TaskStuck {
				x.Stuck = e.Subject + " waits for " + d.For
			}
		}
	}
}

// gone is how long a workload was, for people.
func (x Recovered) gone() string {
	if x.Open {
		return "for good"
	}
	return fromTo(x.Gone, x.Gone)
}

// seconds is how long it was, for programs; nothing where it was not over.
func (x Recovered) seconds() *float64 {
	if x.Open {
		return nil
	}
	s := math.Round(x.Gone.Seconds()*1000) / 1000
	return &s
}
