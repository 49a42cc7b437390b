package prediction_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// law says of a set of entries in which stretches of seconds web is gone.
type law func(has func(id string) bool, phase float64) []time.Duration

func (l law) replay(sc *sim.Scenario, phase float64) (*sim.Log, error) {
	has := func(id string) bool {
		for _, e := range sc.Timeline {
			if e.ID == id {
				return true
			}
		}
		return false
	}
	stretches := l(has, phase)
	for i := range stretches {
		stretches[i] *= time.Second
	}
	return gone(0, stretches...), nil
}

// explain runs Explain over entries a to d, all at 0, and gives what it added.
func explain(t *testing.T, l law) (bounds []sim.BoundsData, blamed []sim.BlameData) {
	t.Helper()
	sc := &sim.Scenario{Plant: simtest.TwoCore()}
	for _, id := range []string{"a", "b", "c", "d"} {
		sc.Timeline = append(sc.Timeline, &sim.Entry{ID: id})
	}
	log, err := l.replay(sc, 0.5)
	require.NoError(t, err)
	had := len(log.Events())
	require.NoError(t, prediction.Explain(log, sc, l.replay))
	for _, e := range log.Events()[had:] {
		switch d := e.Data.(type) {
		case sim.BoundsData:
			bounds = append(bounds, d)
		case sim.BlameData:
			assert.NotZero(t, e.Cause)
			blamed = append(blamed, d)
		}
		assert.Equal(t, "web", e.Subject)
	}
	return bounds, blamed
}

func sec(n time.Duration) sim.Seconds { return sim.Seconds(n * time.Second) }

func TestBoundsAreTheHullOfAllPhases(t *testing.T) {
	bounds, _ := explain(t, func(_ func(string) bool, phase float64) []time.Duration {
		return []time.Duration{10, 20 + time.Duration(4*phase)}
	})
	assert.Equal(t, []sim.BoundsData{{Outages: 1, Least: sec(10), Most: sec(14)}}, bounds)
	bounds, _ = explain(t, func(_ func(string) bool, phase float64) []time.Duration {
		return []time.Duration{10, 20 - time.Duration(4*phase)}
	})
	assert.Equal(t, []sim.BoundsData{{Outages: 1, Least: sec(6), Most: sec(10)}}, bounds)
	none, _ := explain(t, func(func(string) bool, float64) []time.Duration { return nil })
	assert.Empty(t, none)
	maybe, _ := explain(t, func(_ func(string) bool, phase float64) []time.Duration {
		if phase == 1 {
			return []time.Duration{10, 12}
		}
		return nil
	})
	assert.Equal(t, []sim.BoundsData{{Outages: 1, Least: 0, Most: sec(2)}}, maybe)
	endless, _ := explain(t, func(func(string) bool, float64) []time.Duration { return []time.Duration{2, 5, 10} })
	assert.Equal(t, []sim.BoundsData{{Outages: 2, ForGood: true}}, endless)
	perhaps, _ := explain(t, func(_ func(string) bool, phase float64) []time.Duration {
		return []time.Duration{2, 5, 10, 11}[:3+int(phase)]
	})
	assert.Equal(t, []sim.BoundsData{{Outages: 2, Least: sec(3), Most: sec(3), ForGood: true}}, perhaps)
}

func TestBlame(t *testing.T) {
	for name, c := range map[string]struct {
		law  law
		want []sim.BlameData
	}{
		"one is to blame": {
			func(has func(string) bool, _ float64) []time.Duration {
				if has("b") {
					return []time.Duration{10, 20}
				}
				return nil
			}, []sim.BlameData{{Entries: []string{"b"}, Outage: sec(10)}},
		},
		"both together, so either": {
			func(has func(string) bool, _ float64) []time.Duration {
				if has("a") && has("c") {
					return []time.Duration{10, 20}
				}
				return nil
			}, []sim.BlameData{{Entries: []string{"a"}, Outage: sec(10)}, {Entries: []string{"c"}, Outage: sec(10)}},
		},
		"either is enough, so both": {
			func(has func(string) bool, _ float64) []time.Duration {
				if has("a") || has("c") {
					return []time.Duration{10, 20}
				}
				return nil
			}, []sim.BlameData{{Entries: []string{"a", "c"}, Outage: sec(10)}},
		},
		"one makes it longer": {
			func(has func(string) bool, _ float64) []time.Duration {
				if has("d") {
					return []time.Duration{10, 20}
				}
				return []time.Duration{10, 14}
			}, []sim.BlameData{{Entries: []string{"d"}, Outage: sec(10)}},
		},
		"each its own": {
			func(has func(string) bool, _ float64) []time.Duration {
				var all []time.Duration
				if has("a") {
					all = append(all, 10, 20, 30, 31)
				}
				if has("b") {
					all = append(all, 40, 45)
				}
				return all
			}, []sim.BlameData{{Entries: []string{"a"}, Outage: sec(11)}, {Entries: []string{"b"}, Outage: sec(5)}},
		},
		"open": {
			func(has func(string) bool, _ float64) []time.Duration {
				if has("b") {
					return []time.Duration{900}
				}
				return nil
			}, []sim.BlameData{{Entries: []string{"b"}, Outage: sec(100)}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := explain(t, c.law)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestExplainSaysWhatFailed(t *testing.T) {
	broken := errors.New("no model")
	sc := &sim.Scenario{}
	err := prediction.Explain(gone(0), sc, func(*sim.Scenario, float64) (*sim.Log, error) { return nil, broken })
	assert.ErrorIs(t, err, broken)
}

// An outage that users would not have minded is as good as none, if they mind the one there was.
func TestBlameIsForWhatUsersMind(t *testing.T) {
	for tolerates, want := range map[time.Duration][]sim.BlameData{
		5 * time.Second:  {{Entries: []string{"a"}, Outage: sec(10)}, {Entries: []string{"b"}, Outage: sec(10)}},
		time.Second:      {{Entries: []string{"a"}, Outage: sec(10)}},
		20 * time.Second: {{Entries: []string{"a"}, Outage: sec(10)}},
	} {
		replay := func(sc *sim.Scenario, _ float64) (*sim.Log, error) {
			y := simtest.NewStory(sim.UseData{ID: "web", Members: 1, Tolerates: sim.Seconds(tolerates)})
			switch has := slices.ContainsFunc[[]*sim.Entry]; {
			case !has(sc.Timeline, func(e *sim.Entry) bool { return e.ID == "a" }):
			case has(sc.Timeline, func(e *sim.Entry) bool { return e.ID == "b" }):
				y.Outage("web", 10*time.Second, 20*time.Second, 0, 0)
			default:
				y.Outage("web", 10*time.Second, 12*time.Second, 0, 0)
			}
			return y.At(time.Minute).End("played"), nil
		}
		sc := &sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{{ID: "a"}, {ID: "b"}}}
		log, err := replay(sc, 0)
		require.NoError(t, err)
		require.NoError(t, prediction.Blame(log, sc, replay))
		var blamed []sim.BlameData
		for _, e := range log.Events() {
			if d, ok := e.Data.(sim.BlameData); ok {
				blamed = append(blamed, d)
			}
		}
		assert.Equal(t, want, blamed, tolerates)
	}
}
