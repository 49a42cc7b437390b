package model

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// lab is a world of its own, with the loop it lives on.
type lab struct {
	*World
	loop *sim.Loop
	r    *rand.Rand
}

func newLab(t testing.TB, plant string, seed uint64, opts Options) *lab {
	t.Helper()
	p, err := topology.Load(plant)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(seed, 5))
	loop := sim.NewLoop(&sim.VirtualClock{})
	w, err := New(sim.Env{Plant: p, Loop: loop, Phase: float64(seed%3) / 2}, opts)
	require.NoError(t, err)
	return &lab{w, loop, r}
}

// rest lets everything happen that time alone brings.
func (l *lab) rest(t testing.TB) {
	t.Helper()
	require.NoError(t, l.loop.Run(context.Background(), sim.Never, func() bool { return false }))
	require.False(t, l.Pending(), "nothing is due, and yet something is pending")
}

// randomLevels makes a batch of anything that can be told of any part of the plant.
func (l *lab) randomLevels() []sim.Level {
	p := l.env.Plant
	var levels []sim.Level
	for range 1 + l.r.IntN(4) {
		link, node, other := p.Links[l.r.IntN(len(p.Links))], p.Nodes[l.r.IntN(len(p.Nodes))], p.Nodes[l.r.IntN(len(p.Nodes))]
		port := link.Ends()[l.r.IntN(2)]
		switch l.r.IntN(7) {
		case 0:
			levels = append(levels, sim.Carrier{Port: link.A, Up: false}, sim.Carrier{Port: link.B, Up: false})
		case 1:
			levels = append(levels, sim.Carrier{Port: port, Up: l.r.IntN(2) == 0})
		case 2:
			levels = append(levels, sim.Dark{Port: port, On: l.r.IntN(2) == 0})
		case 3:
			levels = append(levels, sim.Stage{Node: node, Stage: topology.Stage(l.r.IntN(7))})
		case 4:
			levels = append(levels, sim.Impaired{Port: port, Impairment: topology.Impairment{Loss: float64(l.r.IntN(3)) / 2}})
		case 5:
			if on := l.r.IntN(2) == 0; node != other { // nobody is cut off from itself
				levels = append(levels, sim.Refuse{At: node, From: other, On: on})
			}
		case 6:
			if nets := link.Networks; len(nets) > 0 {
				levels = append(levels, sim.Allowed{Port: port, Network: nets[l.r.IntN(len(nets))], On: l.r.IntN(2) == 0})
			}
		}
	}
	return levels
}

// well is every level of a plant in which everything is well.
func (l *lab) well() []sim.Level {
	var levels []sim.Level
	for _, n := range l.env.Plant.Nodes {
		levels = append(levels, sim.Stage{Node: n, Stage: topology.Forwarding})
		for _, p := range n.Ports {
			levels = append(levels, sim.Carrier{Port: p, Up: true}, sim.Dark{Port: p, On: false}, sim.Impaired{Port: p})
			for _, network := range p.Link.Networks {
				levels = append(levels, sim.Allowed{Port: p, Network: network, On: true})
			}
		}
		for _, from := range l.env.Plant.Nodes {
			levels = append(levels, sim.Refuse{At: n, From: from})
		}
	}
	return levels
}

// watch starts a member between all sorts of nodes.
func (l *lab) watch(t testing.TB) []*sim.Member {
	t.Helper()
	var all []*sim.Member
	for _, from := range l.env.Plant.Nodes {
		for _, to := range l.env.Plant.Nodes {
			if talks(from) && talks(to) && from != to {
				m := &sim.Member{Workload: &sim.Use{ID: from.ID + ">" + to.ID}, Talk: quiet{sim.Flow{From: from, To: to}}}
				m.Workload.Members = []*sim.Member{m}
				require.NoError(t, l.Start(m))
				all = append(all, m)
			}
		}
	}
	return all
}

func talks(n *topology.Node) bool { return n.Kind == topology.Host || n.Kind == topology.External }

// quiet is a talk whose users see the way itself.
type quiet struct{ flow sim.Flow }

func (q quiet) Flow() sim.Flow                                                 { return q.flow }
func (q quiet) Predict(v sim.Viewer) sim.Machine                               { return quietly{v} }
func (q quiet) Measure(context.Context, sim.Place, sim.Place, sim.Meter) error { return nil }

type quietly struct{ sim.Viewer }

func (q quietly) Path(usable bool) { q.Served(usable) }

// TestHealingRestores harms plants at random and demands that a plant made whole again is as it was.
func TestHealingRestores(t *testing.T) {
	for _, plant := range []string{"two-core", "tagged-core", "leaf-spine:spines=2,leaves=3,hosts=1", "fat-tree:k=4", "two-tier"} {
		t.Run(plant, func(t *testing.T) {
			for seed := range uint64(12) {
				healingRestores(t, plant, seed)
			}
		})
	}
}

func healingRestores(t *testing.T, plant string, seed uint64) {
	l := newLab(t, plant, seed, Options{})
	members, before := l.watch(t), l.Controls()
	for range 25 {
		require.NoError(t, l.Set(1, l.randomLevels()...))
		if until := l.loop.Next(); until != sim.Never && l.r.IntN(2) == 0 {
			require.NoError(t, l.loop.Run(context.Background(), until, func() bool { return false }))
		}
		for _, y := range l.ways {
			fresh := way{pairs: y.pairs}
			require.Equal(t, l.whole(&fresh), y.usable, "seed %d: what rests on something that changed was not looked at again", seed)
		}
	}
	require.NoError(t, l.Set(1, l.well()...))
	l.rest(t)
	require.Equal(t, before, l.Controls(), "seed %d: holders and routes", seed)
	for _, m := range members {
		require.True(t, l.Served(m) && l.Usable(m), "seed %d: %s", seed, m.Subject())
	}
	for _, b := range l.bonds {
		used := b.used()
		require.Len(t, used, 1)
		require.True(t, b.conf.Primary == nil || b.conf.Primary == used[0], "seed %d: %s uses %s", seed, b.conf, used[0])
	}
}
