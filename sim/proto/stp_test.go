package proto

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

var standardTree = topology.STP{Hello: 2 * time.Second, MaxAge: 20 * time.Second, ForwardDelay: 15 * time.Second}

// grove is bridges, the cables between them, and which of these are cut.
type grove struct {
	*STP
	cables [][2]STPPort
	cut    map[int]bool
	deaf   map[STPPort]bool // what it sends is lost
}

// plantGrove joins bridges by cables; the first bridge is to be the root. Each link costs the same.
func plantGrove(phase float64, bridges int, joins ...[2]int) *grove {
	g := &grove{cut: map[int]bool{}, deaf: map[STPPort]bool{}}
	all := make([]STPBridge, bridges)
	for _, j := range joins {
		a, z := STPPort{j[0], len(all[j[0]].Ports)}, STPPort{j[1], len(all[j[1]].Ports)}
		if j[0] == j[1] {
			panic("a cable from a bridge to itself")
		}
		all[a.Bridge].Ports = append(all[a.Bridge].Ports, STPPath{z, 2})
		all[z.Bridge].Ports = append(all[z.Bridge].Ports, STPPath{a, 2})
		g.cables = append(g.cables, [2]STPPort{a, z})
	}
	g.STP = NewSTP(standardTree, all, func(from STPPort) bool { return !g.deaf[from] }, phase)
	return g
}

func (g *grove) carrier(now time.Duration, cable int, up bool) {
	g.cut[cable] = !up
	g.Link(now, g.cables[cable][0], up)
	g.Link(now, g.cables[cable][1], up)
}

// open lists the cables whose both ends forward.
func (g *grove) open() string {
	var all []string
	for i, c := range g.cables {
		if g.Forwards(c[0]) && g.Forwards(c[1]) {
			all = append(all, fmt.Sprint(i))
		}
	}
	return strings.Join(all, " ")
}

// calm lets time pass until nothing more changes, and tells every change of the open cables.
func (g *grove) calm(t *testing.T, from time.Duration) (said []string) {
	t.Helper()
	was := ""
	tell := func(at time.Duration) {
		if is := g.open(); is != was || said == nil {
			was = is
			said = append(said, fmt.Sprintf("%s %s", at-from, is))
		}
	}
	tell(from)
	for steps := 0; g.Next() != Never; steps++ {
		require.Less(t, steps, 10_000, "it never rests")
		at := g.Next()
		g.Step(at)
		tell(at)
	}
	return said
}

// A ring of three: root 0, cables 0-1, 0-2 and 1-2, of which the last is blocked at bridge 2.
func TestSpanningTreeOfARing(t *testing.T) {
	for phase, want := range map[float64]struct{ direct, indirect string }{
		0: {"30s", "48s"}, 1: {"31.28s", "53.328s"},
	} {
		g := plantGrove(phase, 3, [2]int{0, 1}, [2]int{0, 2}, [2]int{1, 2})
		require.Equal(t, "0 1", g.open())
		require.False(t, g.Pending())

		hour := time.Hour
		g.carrier(hour, 1, false) // at the bridge that blocks: it knows another way
		assert.Equal(t, []string{"0s 0", want.direct + " 0 2"}, g.calm(t, hour))
		g.carrier(2*hour, 1, true)
		said := g.calm(t, 2*hour)
		assert.Equal(t, "0s 0 2", said[0], "until the root is heard over the new link")
		assert.Equal(t, want.direct+" 0 1", said[len(said)-1], "the new link listens and learns first")

		g.carrier(3*hour, 0, false) // at the other: its neighbour believes in the root until what it heard is too old
		assert.Equal(t, []string{"0s 1", want.indirect + " 1 2"}, g.calm(t, 3*hour))
	}
}

// The way to the root is the cheapest, not that of the fewest bridges; of two as cheap, the one by the better bridge.
func TestSpanningTreeTakesTheCheapestWay(t *testing.T) {
	path := func(bridge, port, cost int) STPPath { return STPPath{STPPort{bridge, port}, cost} }
	s := NewSTP(standardTree, []STPBridge{
		{Ports: []STPPath{path(1, 0, 19), path(2, 0, 2)}},
		{Ports: []STPPath{path(0, 0, 19), path(2, 1, 4)}},
		{Ports: []STPPath{path(0, 1, 2), path(1, 1, 4)}},
	}, func(STPPort) bool { return true }, 0)
	assert.False(t, s.Forwards(STPPort{1, 0}), "19 is dearer than 4 and 2")
	assert.True(t, s.Forwards(STPPort{1, 1}))
}

// A link that loses what is sent one way is found out by the end that hears nothing, which then forwards: with a
// spanning tree, that makes a loop.
func TestSpanningTreeOverAOneWayLink(t *testing.T) {
	g := plantGrove(1, 3, [2]int{0, 1}, [2]int{0, 2}, [2]int{1, 2})
	g.deaf[g.cables[2][0]] = true
	g.Stir(time.Hour)
	assert.Equal(t, []string{"0s 0 1", "53.328s 0 1 2"}, g.calm(t, time.Hour))
}

func TestSpanningTreeLosesItsRoot(t *testing.T) {
	g := plantGrove(1, 3, [2]int{0, 1}, [2]int{0, 2}, [2]int{1, 2})
	g.Serve(time.Hour, 0, false)
	g.carrier(time.Hour, 0, false)
	g.carrier(time.Hour, 1, false)
	assert.Equal(t, []string{"0s ", "31.28s 2"}, g.calm(t, time.Hour))
	g.Serve(2*time.Hour, 0, true)
	g.carrier(2*time.Hour, 0, true)
	g.carrier(2*time.Hour, 1, true)
	said := g.calm(t, 2*time.Hour)
	assert.Equal(t, "0 1", strings.SplitN(said[len(said)-1], " ", 2)[1], "the old root is the root again")
}

// TestSpanningTreesSpan cuts and mends random plants: what is left open has no ring and leaves nobody out who could be
// reached, and what is mended again is as it was.
func TestSpanningTreesSpan(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		bridges := 2 + r.IntN(6)
		var joins [][2]int
		for b := 1; b < bridges; b++ {
			joins = append(joins, [2]int{r.IntN(b), b})
		}
		for range r.IntN(6) {
			if a, z := r.IntN(bridges), r.IntN(bridges); a != z {
				joins = append(joins, [2]int{a, z})
			}
		}
		g := plantGrove(r.Float64(), bridges, joins...)
		whole := g.open()
		g.spans(t, bridges)
		now := time.Duration(0)
		for range 6 {
			now += time.Duration(r.IntN(90)) * time.Second
			for g.Next() <= now {
				g.Step(g.Next())
			}
			cable := r.IntN(len(joins))
			g.carrier(now, cable, g.cut[cable])
		}
		g.calm(t, now)
		g.spans(t, bridges)
		for cable := range joins {
			if g.cut[cable] {
				g.carrier(now+time.Hour, cable, true)
			}
		}
		g.calm(t, now+time.Hour)
		require.Equal(t, whole, g.open(), "seed %d", seed)
	}
}

// spans wants the open cables to join all that the cables that are not cut could, and to leave none over.
func (g *grove) spans(t *testing.T, bridges int) {
	t.Helper()
	parts := func(use func(int) bool) (count, used int) {
		group := make([]int, bridges)
		for i := range group {
			group[i] = i
		}
		for i, c := range g.cables {
			if !use(i) {
				continue
			}
			used++
			from, to := group[c[0].Bridge], group[c[1].Bridge]
			for b := range group {
				if group[b] == from {
					group[b] = to
				}
			}
		}
		slices.Sort(group)
		return len(slices.Compact(group)), used
	}
	want, _ := parts(func(i int) bool { return !g.cut[i] })
	got, used := parts(func(i int) bool { return g.Forwards(g.cables[i][0]) && g.Forwards(g.cables[i][1]) })
	require.Equal(t, want, got, "somebody is left out")
	require.Equal(t, bridges-got, used, "there is a ring")
}

// What the table at the head of kernel/time/timer.c says of its levels.
func TestTimersAreLateByTheirLevelInLinux(t *testing.T) {
	for d, want := range map[time.Duration]time.Duration{
		50 * time.Millisecond:    10 * time.Millisecond,   // 100 Hz: level 0
		time.Second:              80 * time.Millisecond,   // 100 Hz: level 1
		6 * time.Second:          640 * time.Millisecond,  // 100 Hz: level 2
		15 * time.Second:         640 * time.Millisecond,  // 250 Hz: level 2, 256 ms; 1000 Hz: level 3, 512 ms
		20 * time.Second:         2048 * time.Millisecond, // 250 Hz: level 3
		40960 * time.Millisecond: 5120 * time.Millisecond, // 100 Hz: level 3
	} {
		assert.Equal(t, want, lateness(d), d)
	}
}
