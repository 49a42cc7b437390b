package sweep

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/topology"
)

// trials play in the model.
func trials(sc *sim.Scenario) Trials {
	return Trials{
		Fault:  func(text string) (*sim.Entry, error) { return scenarios.ParseFault(text, sc.Plant) },
		Replay: model.Replay,
	}
}

// written is a plant with its workloads, from its text.
func written(t *testing.T, text string, faults ...string) *sim.Scenario {
	t.Helper()
	timeline := ""
	for i, f := range faults {
		timeline += fmt.Sprintf("  f%d: {%s}\n", i, f)
	}
	sc, err := scenarios.Parse("random.yaml", []byte("topology: any\ntimeline:\n"+timeline), scenarios.Options{TopologyText: text})
	require.NoError(t, err, text)
	return sc
}

// downAfter plays a scenario as anybody would, and says who is down at its end at each of hashes.
func downAfter(t *testing.T, sc *sim.Scenario) (surely, perhaps []string) {
	t.Helper()
	count := map[string]int{}
	for _, phase := range hashes {
		log, err := sim.Play(t.Context(), model.Engine{}, sc, sim.Options{Phase: phase})
		require.NoError(t, err)
		for _, u := range sc.Uses {
			for _, m := range u.Members {
				if downAtTheEnd(log, m.Subject()) {
					count[m.Subject()]++
				}
			}
		}
	}
	for m, n := range count {
		perhaps = append(perhaps, m)
		if n == len(hashes) {
			surely = append(surely, m)
		}
	}
	slices.Sort(perhaps)
	slices.Sort(surely)
	return surely, perhaps
}

// everyElement lists elements of equal effect in the model once: of those that a fate gathers, the first.
func everyElement(sc *sim.Scenario) []Element {
	var all []Element
	for _, f := range failures(sc.Plant, newFates(sc.Plant)) {
		all = append(all, f.Elements[0])
	}
	return all
}

// TestFailingSetsEqualSettledRuns plays every set of every random plant by itself, as a scenario that somebody wrote, and
// works out from scratch which sets bring which workload down and have no part that does.
func TestFailingSetsEqualSettledRuns(t *testing.T) {
	const plants = 12
	d, tested, connected := newDice(7), 0, 0
	for tested < plants {
		text := d.plant()
		if p, err := topology.Parse("random.yaml", []byte(text)); err != nil || strings.Contains(text, "lacp") || len(p.Needs) > 0 || len(p.InferredPairs()) == 0 {
			continue // no plant, not one that the model plays, or one in which nobody talks
		}
		sc := written(t, text)
		r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Trials: trials(sc)})
		require.NoError(t, err, text)
		if len(r.Behaviour.Unserved) > 0 {
			continue
		}
		tested++
		connected += len(connectedYetDown(r))
		require.True(t, r.Behaviour.Exact())
		assert.Equal(t, fromScratch(t, text, sc), failingSets(r), text)
	}
	assert.Positive(t, connected, "none of the plants has anything that is down although it is connected")
}

// failingSets spells what a sweep found: workload, set, members, and whether it hangs on a hash.
func failingSets(r *Result) []string {
	var all []string
	for _, f := range r.Behaviour.Workloads {
		for _, s := range f.Sets {
			var elements []Element
			for _, x := range s.Fates {
				elements = append(elements, x.Elements[0])
			}
			all = append(all, fmt.Sprint(f.Use.ID, ": ", nameOf(elements), " ", subjects(s.Members), " ", s.Sometimes))
		}
	}
	slices.Sort(all)
	return all
}

func fromScratch(t *testing.T, text string, sc *sim.Scenario) []string {
	t.Helper()
	var all []string
	elements := everyElement(sc)
	fails := map[string]map[string]bool{} // by workload
	for size := 1; size <= DefaultDepth; size++ {
		choose(len(elements), size, func(picked []int) {
			var lost []Element
			var faults []string
			for _, i := range picked {
				lost = append(lost, elements[i])
				faults = append(faults, elements[i].Faults(sc.Plant)...)
			}
			surely, perhaps := downAfter(t, written(t, text, faults...))
			for _, u := range sc.Uses {
				if fails[u.ID] == nil {
					fails[u.ID] = map[string]bool{}
				}
				down := ofUse(u, perhaps)
				if len(down) == 0 {
					continue
				}
				if !part(lost, fails[u.ID]) {
					all = append(all, fmt.Sprint(u.ID, ": ", nameOf(lost), " ", down, " ", len(ofUse(u, surely)) == 0))
				}
				fails[u.ID][nameOf(lost)] = true
			}
		})
	}
	slices.Sort(all)
	return all
}

func ofUse(u *sim.Use, members []string) []string {
	var own []string
	for _, m := range u.Members {
		if slices.Contains(members, m.Subject()) {
			own = append(own, m.Subject())
		}
	}
	return own
}

// TestABondStaysOnASwitchWhoseUplinkDied: with the link between the cores gone, hosts whose bonds are on different cores
// do not meet, though each has a cable to both.
func TestABondStaysOnASwitchWhoseUplinkDied(t *testing.T) {
	sc, err := scenarios.Try("two-core", nil, scenarios.Options{})
	require.NoError(t, err)
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Trials: trials(sc), Workloads: []string{"website"}})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"website: link edge1:in1 + link peer-link",
		"website: link hv3:vmnic0 + link peer-link",
		"website: link hv4:vmnic0 + link peer-link",
	}, connectedYetDown(r))
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, r))
	assert.Contains(t, b.String(), "website · http, 2 members: connected, yet down\n  two  link edge1:in1 + link peer-link   all of them\n")
}

// connectedYetDown spells the sets after which a workload is down although it is connected.
func connectedYetDown(r *Result) []string {
	var all []string
	for _, f := range r.Behaviour.Workloads {
		for _, s := range f.Sets {
			if len(s.Connected) > 0 {
				all = append(all, f.Use.ID+": "+together(s.Fates))
			}
		}
	}
	slices.Sort(all)
	return all
}

const oneWay = `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    sw1: {kind: switch}
    sw2: {kind: switch}
    h1: {kind: host, ports: {e0: {to: sw1, optic: SR, fault_signalling: %s}, e1: {to: sw2, optic: SR}}, bonds: {t: {members: [e0, e1]}}}
    h2: {kind: host, ports: {e0: sw1, e1: sw2}, bonds: {t: {members: [e0, e1]}}}
  links:
    x: {endpoints: [sw1, sw2]}
workloads:
  web: {kind: reach, from: h1, to: h2}
`

// TestALaserThatNobodyHearsDie: a bond leaves a link that is down, and stays on one that is dead in the direction away
// from it, though to a path both are the same.
func TestALaserThatNobodyHearsDie(t *testing.T) {
	for signalling, want := range map[string][]string{
		"on":  nil,
		"off": {"web: transceiver h1:e0"},
	} {
		sc := written(t, fmt.Sprintf(oneWay, signalling))
		r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Depth: 1, Trials: trials(sc)})
		require.NoError(t, err)
		assert.Equal(t, want, connectedYetDown(r), "fault_signalling %s", signalling)
	}
}

// TestASampleSaysThatItIsOne, is the same each time, and holds what the whole holds.
func TestASampleSaysThatItIsOne(t *testing.T) {
	sc, err := scenarios.Try("two-core", nil, scenarios.Options{})
	require.NoError(t, err)
	o := Options{Trials: trials(sc)}
	whole, err := Run(t.Context(), sc.Plant, sc.Uses, o)
	require.NoError(t, err)
	o.Trials.Most, o.Trials.Seed = 500, 3
	first, err := Run(t.Context(), sc.Plant, sc.Uses, o)
	require.NoError(t, err)
	again, err := Run(t.Context(), sc.Plant, sc.Uses, o)
	require.NoError(t, err)
	assert.False(t, first.Behaviour.Exact())
	assert.Equal(t, failingSets(first), failingSets(again))
	assert.Subset(t, failingSets(whole), failingSets(first))
	assert.Less(t, len(failingSets(first)), len(failingSets(whole)))
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, first))
	assert.Contains(t, b.String(), "all 44 single failures and 456 of 946 pairs.\nNOT EXACT: a sample, drawn with seed 3")
}

func TestWorkloadsThatAreNeverServedAreNotPlayed(t *testing.T) {
	sc := written(t, fmt.Sprintf(oneWay, "on")+"  apart: {kind: reach, from: h1, to: h2}\n")
	for _, u := range sc.Uses {
		if u.ID == "apart" {
			u.Members[0].Talk = unreachable{u.Members[0].Talk}
		}
	}
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Depth: 1, Trials: trials(sc)})
	require.NoError(t, err)
	assert.Equal(t, []string{"apart"}, r.Behaviour.Unserved)
	require.Len(t, r.Behaviour.Workloads, 1)
	assert.NotEmpty(t, r.Behaviour.Workloads[0].Sets)
}

// unreachable is a conversation whose users are never served.
type unreachable struct{ sim.Talk }

func (unreachable) Predict(sim.Viewer) sim.Machine { return deaf{} }

type deaf struct{}

func (deaf) Path(bool) {}

// TestShardsMergeToTheWhole: however it is divided, in whatever order the shards come, the answer is the same to the byte.
func TestShardsMergeToTheWhole(t *testing.T) {
	sc, err := scenarios.Try("two-core", nil, scenarios.Options{})
	require.NoError(t, err)
	o := Options{Plant: sc.TopologyText, Trials: trials(sc)}
	o.Trials.Most, o.Trials.Seed = 300, 1
	whole, err := Run(t.Context(), sc.Plant, sc.Uses, o)
	require.NoError(t, err)
	for _, of := range []int{1, 2, 7, 60} {
		parts := shards(t, sc, o, of)
		slices.Reverse(parts)
		merged, err := Merge(sc.Plant, sc.Uses, Options{Plant: o.Plant, Trials: trials(sc)}, parts)
		require.NoError(t, err)
		assert.Equal(t, bytesOf(t, whole), bytesOf(t, merged), "%d shards", of)
	}
}

// shards does all shards of a sweep, each over the wire.
func shards(t *testing.T, sc *sim.Scenario, o Options, of int) []*Part {
	t.Helper()
	var parts []*Part
	for i := 1; i <= of; i++ {
		done, err := RunShard(t.Context(), sc.Plant, sc.Uses, o, Shard{i, of})
		require.NoError(t, err)
		data, err := json.Marshal(done)
		require.NoError(t, err)
		part := &Part{}
		require.NoError(t, json.Unmarshal(data, part))
		parts = append(parts, part)
	}
	return parts
}

func bytesOf(t *testing.T, r *Result) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, r))
	require.NoError(t, WriteJSON(&b, r))
	return b.String()
}

func TestShardsThatAreNotOneSweepAreRefused(t *testing.T) {
	sc, err := scenarios.Try("two-core", nil, scenarios.Options{})
	require.NoError(t, err)
	o := Options{Depth: 1, Plant: "one", Trials: trials(sc)}
	fresh := func() []*Part { return shards(t, sc, o, 3) }
	other := o
	other.Plant = "another"
	for _, c := range []struct {
		name, want string
		parts      func() []*Part
	}{
		{"none", "there is none", func() []*Part { return nil }},
		{"one missing", "2/3 missing", func() []*Part { p := fresh(); return []*Part{p[0], p[2]} }},
		{"one twice", "shard 1/3 is there twice", func() []*Part { p := fresh(); return []*Part{p[0], p[0], p[2]} }},
		{"another division", "different divisions", func() []*Part { return append(fresh()[:1], shards(t, sc, o, 2)...) }},
		{"another plant", "another plant", func() []*Part { return append(fresh()[:2], shards(t, sc, other, 3)[2]) }},
		{"a number too high", "no shard 9/3", func() []*Part { p := fresh(); p[1].Shard.Index = 9; return p }},
		{"a class lost", "damaged", func() []*Part { p := fresh(); delete(p[0].Classes, 0); return p }},
		{"an outcome lost", "damaged", func() []*Part { p := fresh(); delete(p[1].Outcomes, 1); return p }},
		{"an outcome of nobody", "damaged", func() []*Part { p := fresh(); p[1].Outcomes[1] = outcome{{999}}; return p }},
		{"a set of nothing known", "damaged", func() []*Part { p := fresh(); p[0].Classes[0] = []set{{9999, none, none}}; return p }},
		{"some other file", `says it is "", this program reads`, func() []*Part { p := fresh(); p[2].Schema = ""; return p }},
	} {
		_, err := Merge(sc.Plant, sc.Uses, Options{Plant: "one", Trials: trials(sc)}, c.parts())
		require.ErrorIs(t, err, ErrShards, c.name)
		assert.ErrorContains(t, err, c.want, c.name)
	}
}

// TestInterestingSetsComeInOrder: where a law decides before where a cable does, and never a node that only is an end.
func TestInterestingSetsComeInOrder(t *testing.T) {
	sc, err := scenarios.Try("two-core", nil, scenarios.Options{})
	require.NoError(t, err)
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Trials: trials(sc)})
	require.NoError(t, err)
	var names []string
	for _, set := range r.Interesting(12) {
		names = append(names, together(set))
	}
	require.Len(t, names, 12)
	assert.Equal(t, "link edge1:in1 + link peer-link", names[0])
	for _, n := range names[:5] {
		assert.Contains(t, n, "peer-link")
	}
	assert.Contains(t, names, "all of core (shared change and firmware)")
	assert.NotContains(t, names, "hv1")
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(names))), 12)
}

func TestDraw(t *testing.T) {
	all, covers := draw(5, 3, 15, 1)
	assert.Len(t, all, 15, "5 singles and 10 pairs are all there are, and no triple is left room")
	assert.True(t, covers[0].Exact() && covers[1].Exact() && !covers[2].Exact())
	all, covers = draw(100, 3, 1100, 1)
	assert.Equal(t, []int{100, 500, 500}, []int{covers[0].Played, covers[1].Played, covers[2].Played})
	seen := map[string]bool{}
	for _, c := range all {
		assert.True(t, slices.IsSorted(c) && !seen[c.key()], "%v", c)
		seen[c.key()] = true
	}
	all, covers = draw(2, 3, 10, 1)
	assert.Len(t, all, 3)
	assert.Len(t, covers, 2, "three failures are more than there are")
}
