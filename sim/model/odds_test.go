package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// gambler has a law for ways that lose: it hands back what it was told.
type gambler struct{ quiet }

func (g gambler) Predict(v sim.Viewer) sim.Machine { return gambling{quietly{v}} }

type gambling struct{ quietly }

func (gambling) Chance(ways [][2]float64) sim.Chance {
	return sim.Chance{Share: topology.Either(ways[0][0], ways[0][1]), Interval: 10 * time.Millisecond, Patient: true}
}

// between starts a talk between two hosts of the two-core plant, and hears its odds.
func between(t *testing.T, talk func(sim.Flow) sim.Talk) (*lab, *sim.Member, *[]sim.Odds) {
	t.Helper()
	var heard []sim.Odds
	l := newLab(t, "two-core", 2, Options{OnOdds: func(_ *sim.Member, o sim.Odds) { heard = append(heard, o) }})
	m := &sim.Member{Workload: &sim.Use{ID: "m"}, Talk: talk(sim.Flow{From: l.env.Plant.Node("hv1"), To: l.env.Plant.Node("hv2")})}
	m.Workload.Members = []*sim.Member{m}
	require.NoError(t, l.Start(m))
	return l, m, &heard
}

func gamble(f sim.Flow) sim.Talk { return gambler{quiet{f}} }

func (l *lab) impaired(port string, i topology.Impairment) sim.Level {
	return sim.Impaired{Port: l.env.Plant.Port(port), Impairment: i}
}

// What each hop takes adds up along the way, each direction for itself; what lies beside the way takes nothing.
func TestOddsAddUpAlongTheWay(t *testing.T) {
	l, m, heard := between(t, gamble)
	there, back := l.env.Plant.Port("hv1:vmnic0"), l.env.Plant.Port("hv2:vmnic0")
	l.set(t, time.Second, l.impaired("hv1:vmnic1", topology.Impairment{Loss: 0.5}), l.impaired("hv3:vmnic0", topology.Impairment{Loss: 0.5}))
	assert.Empty(t, *heard)
	lossy := topology.Impairment{Loss: 0.1, Delay: 5 * time.Millisecond, Jitter: time.Millisecond}
	l.set(t, 2*time.Second, sim.Impaired{Port: there, Impairment: lossy}, sim.Impaired{Port: there.Peer(), Impairment: lossy})
	assert.InDelta(t, 0.19, l.Odds(m).Share, 1e-9, "there and back")
	assert.Equal(t, [2]time.Duration{8 * time.Millisecond, 4 * time.Millisecond}, [2]time.Duration{l.Odds(m).Delay, l.Odds(m).Jitter})
	l.set(t, 3*time.Second, sim.Impaired{Port: back, Impairment: topology.Impairment{Loss: 0.5}})
	assert.InDelta(t, 0.595, l.Odds(m).Share, 1e-9, "the far host's link too")
	l.set(t, 4*time.Second, sim.Impaired{Port: there}, sim.Impaired{Port: there.Peer()}, sim.Impaired{Port: back},
		l.impaired("hv1:vmnic1", topology.Impairment{}), l.impaired("hv3:vmnic0", topology.Impairment{}))
	assert.Zero(t, l.Odds(m))
	assert.Len(t, *heard, 3)
}

func TestLossOfEverythingIsDarkness(t *testing.T) {
	l, m, _ := between(t, gamble)
	l.set(t, time.Second, l.impaired("hv1:vmnic0", topology.Impairment{Loss: 1}))
	assert.False(t, l.Served(m))
	l.set(t, 2*time.Second, l.impaired("hv1:vmnic0", topology.Impairment{}))
	assert.True(t, l.Served(m))
}

func TestWithoutALawNobodyKnows(t *testing.T) {
	for want, c := range map[string]struct {
		talk func(sim.Flow) sim.Talk
		topology.Impairment
	}{
		"":                               {gamble, topology.Impairment{Loss: 0.01, Duplicate: 0.5, Delay: time.Second, Rate: topology.Gbps}},
		"no law for its kind over a way": {func(f sim.Flow) sim.Talk { return quiet{f} }, topology.Impairment{Loss: 0.01}},
		"a round trip of 20ms":           {func(f sim.Flow) sim.Talk { return quiet{f} }, topology.Impairment{Delay: 20 * time.Millisecond}},
		"are corrupted":                  {gamble, topology.Impairment{Corrupt: 0.01}},
		"are held back":                  {gamble, topology.Impairment{Rate: topology.Mbps}},
	} {
		l, m, _ := between(t, c.talk)
		l.set(t, time.Second, l.impaired("hv1:vmnic0", c.Impairment))
		if got := l.Odds(m).Lawless; want == "" {
			assert.Empty(t, got)
		} else {
			assert.Contains(t, got, want)
		}
	}
}
