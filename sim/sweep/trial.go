package sweep

import (
	"fmt"
	"strconv"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/topology"
)

// DefaultSets is how many sets are played when nobody says: all pairs of a plant of some two hundred elements, in some ten
// seconds.
const DefaultSets = 20000

// Trials say how sets of failures are played. The zero value plays nothing.
type Trials struct {
	// Fault reads an entry of a timeline as typed, for the plant.
	Fault func(text string) (*sim.Entry, error)
	// Replay plays a scenario in a world that predicts.
	Replay prediction.Replay
	// Most is how many sets are played at most, 0 being DefaultSets: above it, random ones.
	Most int
	Seed uint64
}

// hashes are the phases that between them send a flow over the good and over the bad one of two equal paths.
var hashes = [...]float64{0, 1}

// outcome is which members are down for good after a set of failures, as numbers of members, for each of hashes. What is
// down at one phase only hangs on a hash.
type outcome [len(hashes)][]int

// rig is where sets are played: a plant, the workloads that are served when nothing has failed, and the entries by
// which each failure happens.
type rig struct {
	plant   *topology.Plant
	replay  prediction.Replay
	uses    []*sim.Use
	number  map[string]int // by a member's subject
	entries [][]*sim.Entry // by failure
}

// newRig looks first what is served when nothing fails; workloads that are not cannot be played, and are returned.
func newRig(p *topology.Plant, uses []*sim.Use, failures []*Fate, t Trials) (*rig, []string, error) {
	r := &rig{plant: p, replay: t.Replay, number: map[string]int{}}
	for _, f := range failures {
		var list []*sim.Entry
		for _, text := range f.Elements[0].Faults(p) {
			e, err := t.Fault(text)
			if err != nil {
				return nil, nil, fmt.Errorf("play the loss of %s: %w", f, err)
			}
			list = append(list, e)
		}
		r.entries = append(r.entries, list)
	}
	for _, u := range uses {
		for _, m := range u.Members {
			r.number[m.Subject()] = len(r.number)
		}
	}
	sick, err := r.unserved(uses)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, u := range uses {
		if sick[u.ID] {
			names = append(names, u.ID)
		} else {
			r.uses = append(r.uses, u)
		}
	}
	return r, names, nil
}

// unserved finds the workloads with members that are not served although nothing has failed.
func (r *rig) unserved(uses []*sim.Use) (map[string]bool, error) {
	owner := map[string]string{}
	for _, u := range uses {
		for _, m := range u.Members {
			owner[m.Subject()] = u.ID
		}
	}
	log, err := r.replay(&sim.Scenario{Name: "sweep", Plant: r.plant, Uses: uses}, hashes[0])
	if err != nil {
		return nil, fmt.Errorf("play the plant as it is: %w", err)
	}
	sick := map[string]bool{}
	for _, e := range log.Events() {
		if d, steady := e.Data.(sim.SteadyData); steady {
			for _, m := range d.Unserved {
				sick[owner[m]] = true
			}
		}
	}
	return sick, nil
}

// scenario has all of a set fail at time 0 and be repaired after some time; 0 is never.
func (r *rig) scenario(set combination, lasts time.Duration) *sim.Scenario {
	sc := &sim.Scenario{Name: "sweep", Plant: r.plant, Uses: r.uses, Until: lasts + sim.DefaultUntil}
	for _, x := range set {
		for _, e := range r.entries[x] {
			copied := *e
			copied.ID, copied.For = "failure-"+strconv.Itoa(len(sc.Timeline)+1), lasts
			sc.Timeline = append(sc.Timeline, &copied)
		}
	}
	return sc
}

// play says who is down once everything has settled.
func (r *rig) play(set combination) (outcome, error) {
	var o outcome
	for i, phase := range hashes {
		log, err := r.replay(r.scenario(set, 0), phase)
		if err != nil {
			return o, fmt.Errorf("play a set of failures: %w", err)
		}
		o[i] = r.down(sim.HistoryOf(log))
	}
	return o, nil
}

// down lists the members that a history leaves down.
func (r *rig) down(h *sim.History) []int {
	var all []int
	for _, u := range r.uses {
		for _, m := range u.Members {
			if o := h.OutagesOf(m.Subject()); len(o) > 0 && o[len(o)-1].Open {
				all = append(all, r.number[m.Subject()])
			}
		}
	}
	return all
}
