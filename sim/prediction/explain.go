package prediction

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Replay plays a scenario in the model, at a phase (see Env), and gives its log.
type Replay func(sc *sim.Scenario, phase float64) (*sim.Log, error)

// phases are the moments that a prediction tries where one is not known: the earliest, the middle and the latest.
var phases = []float64{0, sim.MiddlePhase, 1}

// Predict plays a scenario at each of the phases.
func Predict(sc *sim.Scenario, replay Replay) ([]*sim.Log, error) {
	var logs []*sim.Log
	for _, phase := range phases {
		log, err := replay(sc, phase)
		if err != nil {
			return nil, fmt.Errorf("predict at phase %g: %w", phase, err)
		}
		logs = append(logs, log)
	}
	return logs, nil
}

// Explain adds to the log of a run what the model says of it: how long each outage had to be at least and could be at
// most, and without which entries it would not have been.
func Explain(log *sim.Log, sc *sim.Scenario, replay Replay) error {
	if err := Bounds(log, sc, replay); err != nil {
		return err
	}
	b := &blame{sc: sc, replay: replay, played: map[string]*played{}}
	if err := b.all(log); err != nil {
		return err
	}
	if sc.Recovery == nil {
		return nil // nobody's time to be split
	}
	return b.shares(log)
}

// Bounds adds a BoundsData event for every member that has an outage, measured or predicted.
func Bounds(log *sim.Log, sc *sim.Scenario, replay Replay) error {
	predicted, err := Predict(sc, replay)
	if err != nil {
		return err
	}
	var all []*sim.History
	for _, p := range predicted {
		all = append(all, sim.HistoryOf(p))
	}
	h := sim.HistoryOf(log)
	for _, u := range log.Header().Uses {
		for _, m := range u.Subjects() {
			if b := boundsOf(all, m); b.Outages > 0 || len(h.OutagesOf(m)) > 0 {
				log.Add(0, m, b)
			}
		}
	}
	return nil
}

// boundsOf is the hull over all predictions of a member's longest outage.
func boundsOf(all []*sim.History, member string) sim.BoundsData {
	var b sim.BoundsData
	ending := 0
	for _, h := range all {
		longest, forGood := longestOutage(h.OutagesOf(member))
		b.Outages = max(b.Outages, len(h.OutagesOf(member)))
		b.ForGood = b.ForGood || forGood
		if forGood {
			continue
		}
		b.Most = max(b.Most, longest)
		if ending == 0 || longest < b.Least {
			b.Least = longest
		}
		ending++
	}
	return b
}

// longestOutage is how long the longest of them is; one that never ends is longer than any.
func longestOutage(outages []sim.Outage) (longest sim.Seconds, forGood bool) {
	for _, o := range outages {
		longest = max(longest, sim.Seconds(o.Length()))
		forGood = forGood || o.Open
	}
	return longest, forGood
}

const (
	// mostBlamed is the most entries that are taken away together: nobody reads "without these five".
	mostBlamed = 3
	// mostReplays bounds the work: at ten milliseconds each, two seconds.
	mostReplays = 200
)

// Blame adds BlameData events for every workload with outages: for each smallest set of entries without which an outage
// of its worst member would not have been, or not for longer than its users mind, or where there is none, would have been
// shorter, that set and the sum of these outages. Two faults that are bad only together give two sets of one; two of which
// either is enough, one of two.
func Blame(log *sim.Log, sc *sim.Scenario, replay Replay) error {
	b := &blame{sc: sc, replay: replay, played: map[string]*played{}}
	return b.all(log)
}

// all adds the events of all workloads.
func (b *blame) all(log *sim.Log) error {
	base, err := b.play(nil)
	if err != nil {
		return err
	}
	h := sim.HistoryOf(log)
	for _, u := range log.Header().Uses {
		outages := h.Outages(u.ID)
		if len(outages) == 0 {
			continue
		}
		if err := b.workload(log, outages[0].Down, base, u); err != nil {
			return err
		}
	}
	return nil
}

// blame asks what would have been without some entries.
type blame struct {
	sc     *sim.Scenario
	replay Replay
	played map[string]*played
}

// played is a scenario that was played without some entries.
type played struct {
	*sim.History
	log    *sim.Log
	shares map[string]map[string]bool // by member, by name: whether there is such a share
}

// workload adds the events of one workload.
func (b *blame) workload(log *sim.Log, cause int, base *played, u sim.UseData) error {
	sums, order := map[string]time.Duration{}, [][]string(nil)
	for _, o := range base.OutagesOf(worstOf(base.History, u)) {
		sets, err := b.sets(o, time.Duration(u.Tolerates))
		if err != nil {
			return err
		}
		for _, set := range sets {
			key := strings.Join(set, "\n")
			if sums[key] == 0 {
				order = append(order, set)
			}
			sums[key] += o.Length()
		}
	}
	for _, set := range order {
		log.Add(cause, u.ID, sim.BlameData{Entries: set, Outage: sim.Seconds(sums[strings.Join(set, "\n")])})
	}
	return nil
}

// worstOf is the member that was gone the longest in all.
func worstOf(h *sim.History, u sim.UseData) string {
	worst, most := "", time.Duration(-1)
	for _, m := range u.Subjects() {
		if total, _ := h.Total(m); total > most {
			worst, most = m, total
		}
	}
	return worst
}

// sets finds the smallest sets of entries without which an outage would not have been, or not one that its users mind if they
// mind this one; where there are none, the single entries without which it would have been shorter.
func (b *blame) sets(o sim.Outage, tolerates time.Duration) ([][]string, error) {
	var minimal, shorter [][]string
	if o.Length() <= tolerates {
		tolerates = 0
	}
	began := b.begun(o)
	for size := 1; size <= min(mostBlamed, len(began)); size++ {
		for _, set := range subsets(began, size) {
			if containsAny(minimal, set) || len(b.played) >= mostReplays {
				continue
			}
			h, err := b.play(set)
			if err != nil {
				return nil, err
			}
			switch left := overlap(h.History, o); {
			case left <= tolerates:
				minimal = append(minimal, set)
			case size == 1 && left < o.Length():
				shorter = append(shorter, set)
			}
		}
	}
	if len(minimal) == 0 {
		return shorter, nil
	}
	return minimal, nil
}

// begun lists the entries that can have to do with an outage: those that began before it was over.
func (b *blame) begun(o sim.Outage) []string {
	var ids []string
	for _, e := range b.sc.Timeline {
		if e.When != nil || e.At < o.To || o.Open {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// play plays the scenario without some entries, once for each set.
func (b *blame) play(without []string) (*played, error) {
	key := strings.Join(without, "\n")
	if p := b.played[key]; p != nil {
		return p, nil
	}
	sc := *b.sc
	sc.Timeline = slices.DeleteFunc(slices.Clone(sc.Timeline), func(e *sim.Entry) bool { return slices.Contains(without, e.ID) })
	log, err := b.replay(&sc, sim.MiddlePhase)
	if err != nil {
		return nil, fmt.Errorf("replay without %s: %w", strings.Join(without, ", "), err)
	}
	p := &played{History: sim.HistoryOf(log), log: log, shares: map[string]map[string]bool{}}
	b.played[key] = p
	return p, nil
}

// overlap is how much of an outage is left in another history of the same member.
func overlap(h *sim.History, o sim.Outage) time.Duration {
	left := time.Duration(0)
	for _, x := range h.OutagesOf(o.Member) {
		to := min(x.To, o.To)
		if x.Open {
			to = o.To
		}
		left += max(0, to-max(x.From, o.From))
	}
	return left
}

// subsets lists all sets of a size, in order.
func subsets(all []string, size int) [][]string {
	if size == 0 {
		return [][]string{nil}
	}
	var sets [][]string
	for i := range all {
		for _, rest := range subsets(all[i+1:], size-1) {
			sets = append(sets, append([]string{all[i]}, rest...))
		}
	}
	return sets
}

// containsAny says whether a set holds all of one of the smaller sets.
func containsAny(smaller [][]string, set []string) bool {
	return slices.ContainsFunc(smaller, func(s []string) bool {
		return !slices.ContainsFunc(s, func(id string) bool { return !slices.Contains(set, id) })
	})
}
