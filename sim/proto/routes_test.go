package proto

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// testFabric makes routers r0, r1... each with a prefix 10.0.<i>.0/24, and edges between them on networks of their own.
func testFabric(routers int, edges ...[2]int) *Fabric {
	f := &Fabric{}
	for i := range routers {
		f.Routers = append(f.Routers, Router{Node: &topology.Node{ID: fmt.Sprintf("r%d", i)}, Brain: i})
		f.Origins = append(f.Origins, Origin{Router: i, Prefix: prefix(i)})
	}
	for i, e := range edges {
		n := &topology.Network{ID: fmt.Sprintf("%d-%d", e[0], e[1])}
		f.Edges = append(f.Edges, Edge{Ends: e, Network: n, Via: [2]netip.Addr{via(i, e[0]), via(i, e[1])}})
	}
	return f
}

func prefix(i int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24)
}

func via(edge, router int) netip.Addr {
	return netip.AddrFrom4([4]byte{100, byte(64 + edge>>8), byte(edge), byte(router)})
}

// table writes a router's table: "10.0.3.0/24 0-1 0-2" means by either network.
func table(t *Tables, router int) string {
	var lines []string
	for _, r := range t.Routes(router) {
		line := r.To.String()
		for _, h := range r.Hops {
			line += " " + h.Network.ID
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

var law = topology.Routing{Hold: 900 * time.Millisecond, Hello: 300 * time.Millisecond, Convergence: 200 * time.Millisecond, Reconnect: 300 * time.Millisecond}

// square is r0 between r1 and r2, both before r3.
func square() *Fabric { return testFabric(4, [2]int{0, 1}, [2]int{0, 2}, [2]int{1, 3}, [2]int{2, 3}) }

func TestEqualPathsAreKept(t *testing.T) {
	r := NewRoutes(square(), law, 0)
	assert.Equal(t, "10.0.1.0/24 0-1, 10.0.2.0/24 0-2, 10.0.3.0/24 0-1 0-2", table(r.Tables(), 0))
	assert.Equal(t, "10.0.0.0/24 0-1, 10.0.2.0/24 0-1 1-3, 10.0.3.0/24 1-3", table(r.Tables(), 1))
	level := r.Table(0)
	assert.Equal(t, via(0, 1), level.Routes[0].Hops[0].Via, "the neighbour's address on the network")
}

func TestWhenALossIsNoticed(t *testing.T) {
	for _, c := range []struct {
		name    string
		phase   float64
		carrier bool
		want    time.Duration
	}{
		{"carrier", 1, true, 10*time.Second + 200*time.Millisecond},
		{"silence, hello just due", 0, false, 10*time.Second + 800*time.Millisecond},
		{"silence, hello just heard", 1, false, 10*time.Second + 1100*time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewRoutes(square(), law, c.phase)
			r.Edge(10*time.Second, 2, false, c.carrier, 7)
			require.Equal(t, c.want, r.Next())
			assert.True(t, r.Pending())
			changed, cause := r.Step(c.want)
			assert.Equal(t, []int{1, 2, 1, 2}, changed, "by router")
			assert.Equal(t, 7, cause)
			assert.Equal(t, "10.0.1.0/24 0-1, 10.0.2.0/24 0-2, 10.0.3.0/24 0-2", table(r.Tables(), 0))
			assert.False(t, r.Pending())
		})
	}
}

func TestAReturnIsNoticedWithTheNextHello(t *testing.T) {
	for phase, want := range map[float64]time.Duration{0: 200 * time.Millisecond, 1: 500 * time.Millisecond} {
		r := NewRoutes(square(), law, phase)
		r.Edge(0, 0, false, true, 0)
		r.Step(r.Next())
		r.Edge(time.Minute, 0, true, false, 0)
		require.Equal(t, time.Minute+want, r.Next())
		r.Step(r.Next())
		assert.Equal(t, "10.0.1.0/24 0-1, 10.0.2.0/24 0-2, 10.0.3.0/24 0-1 0-2", table(r.Tables(), 0))
	}
}

func TestASilenceThatEndsUnnoticed(t *testing.T) {
	r := NewRoutes(square(), law, 1)
	r.Edge(0, 0, false, false, 0)
	r.Edge(500*time.Millisecond, 0, true, false, 0)
	assert.Equal(t, Never, r.Next())
	r.Edge(time.Second, 0, false, false, 0)
	r.Edge(1200*time.Millisecond, 0, false, true, 0)
	assert.Equal(t, 1400*time.Millisecond, r.Next(), "a carrier that goes later is noticed before the silence is")
}

func TestASilenceIsOvertakenByACarrier(t *testing.T) {
	r := NewRoutes(square(), law, 1)
	r.Edge(0, 0, false, false, 0)
	r.Edge(100*time.Millisecond, 1, false, true, 0)
	assert.Equal(t, 300*time.Millisecond, r.Next())
	r.Step(r.Next())
	assert.Equal(t, "10.0.1.0/24 0-1, 10.0.2.0/24 0-1, 10.0.3.0/24 0-1", table(r.Tables(), 0))
	assert.Equal(t, 1100*time.Millisecond, r.Next())
}

func TestAFlapGoesThroughTheTablesInOrder(t *testing.T) {
	r := NewRoutes(square(), law, 0)
	r.Edge(0, 0, false, true, 1)
	r.Edge(100*time.Millisecond, 0, true, false, 2)
	assert.True(t, r.Pending())
	changed, cause := r.Step(200 * time.Millisecond)
	assert.NotNil(t, changed)
	assert.Equal(t, 1, cause)
	changed, cause = r.Step(300 * time.Millisecond)
	assert.NotNil(t, changed)
	assert.Equal(t, 2, cause)
	assert.Equal(t, Never, r.Next())
}

func TestAPrefixGoesWithItsRouter(t *testing.T) {
	r := NewRoutes(square(), law, 1)
	r.Origin(0, 3, false, 0)
	require.Equal(t, 200*time.Millisecond, r.Next())
	r.Step(r.Next())
	assert.Equal(t, "10.0.1.0/24 0-1, 10.0.2.0/24 0-2", table(r.Tables(), 0))
}

func TestRoutersOfOneBrainAreOneRouter(t *testing.T) {
	f := testFabric(3, [2]int{0, 1}, [2]int{0, 2})
	shared := f.Edges[0].Network
	virtual := netip.MustParseAddr("10.9.9.1")
	f.Routers[2].Brain = 1
	f.Edges[1].Network = shared
	f.Edges[0].Via[1], f.Edges[1].Via[1] = virtual, virtual
	f.Origins[2].Prefix = f.Origins[1].Prefix
	r := NewRoutes(f, law, 0)
	hops := r.Tables().Hops(0, r.Tables().Prefix(prefix(1)))
	require.Len(t, hops, 1, "both members have one address")
	assert.Equal(t, virtual, hops[0].Via)
	assert.Equal(t, "10.0.0.0/24 0-1", table(r.Tables(), 2))

	r.Origin(0, 1, false, 0)
	r.Edge(0, 0, false, true, 0)
	r.Step(r.Next())
	assert.Len(t, r.Tables().Hops(0, r.Tables().Prefix(prefix(1))), 1, "the other member has it still")
	assert.Empty(t, table(r.Tables(), 1), "a member of its own adjacencies only")
}

// TestTablesAgainstBruteForce compares with all-pairs distances found the slow way, on random fabrics with random losses.
func TestTablesAgainstBruteForce(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 4))
		n := 2 + r.IntN(9)
		var edges [][2]int
		for range r.IntN(3 * n) {
			if a, b := r.IntN(n), r.IntN(n); a != b {
				edges = append(edges, [2]int{a, b})
			}
		}
		tables := NewTables(testFabric(n, edges...))
		for range 4 {
			edgeUp, originUp := coins(r, len(edges)), coins(r, n)
			was := rows(tables, n)
			changed := tables.Compute(func(i int) bool { return edgeUp[i] }, func(i int) bool { return originUp[i] })
			dist := distances(n, edges, edgeUp)
			for from := range n {
				for to := range n {
					want := slowHops(from, to, edges, edgeUp, originUp, dist)
					require.True(t, slices.EqualFunc(want, tables.Hops(from, to), sameVia), "seed %d: from %d to %d", seed, from, to)
				}
			}
			requireCounts(t, was, rows(tables, n), changed)
		}
	}
}

func coins(r *rand.Rand, n int) []bool {
	c := make([]bool, n)
	for i := range c {
		c[i] = r.IntN(4) > 0
	}
	return c
}

// distances is Floyd and Warshall's.
func distances(n int, edges [][2]int, up []bool) [][]int {
	const far = 1000
	d := make([][]int, n)
	for i := range d {
		d[i] = slices.Repeat([]int{far}, n)
		d[i][i] = 0
	}
	for i, e := range edges {
		if up[i] {
			d[e[0]][e[1]], d[e[1]][e[0]] = 1, 1
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	return d
}

func slowHops(from, to int, edges [][2]int, up, origin []bool, dist [][]int) Hops {
	var hops Hops
	if !origin[to] || from == to || dist[from][to] >= 1000 {
		return hops
	}
	f := testFabric(0, edges...)
	for i, e := range edges {
		for end := range e {
			if up[i] && e[end] == from && dist[e[1-end]][to] == dist[from][to]-1 {
				hops = append(hops, sim.Hop{Via: f.Edges[i].Via[1-end], Network: f.Edges[i].Network})
			}
		}
	}
	return hops
}

func sameVia(a, b sim.Hop) bool { return a.Via == b.Via }

func rows(t *Tables, n int) [][]string {
	all := make([][]string, n)
	for r := range n {
		for p := range n {
			all[r] = append(all[r], fmt.Sprint(t.Hops(r, p)))
		}
	}
	return all
}

func requireCounts(t *testing.T, was, is [][]string, changed []int) {
	t.Helper()
	for r := range was {
		count := 0
		for p := range was[r] {
			if was[r][p] != is[r][p] {
				count++
			}
		}
		require.Equal(t, count, changed[r], "changes of router %d", r)
	}
}

// leafSpine makes the edges of spines and leaves, the spines first.
func leafSpine(spines, leaves int) [][2]int {
	var edges [][2]int
	for s := range spines {
		for l := range leaves {
			edges = append(edges, [2]int{s, spines + l})
		}
	}
	return edges
}

// BenchmarkSpineLost is new tables for a fabric of 1,000 switches after one of its 40 spines is gone.
func BenchmarkSpineLost(b *testing.B) {
	r := NewRoutes(testFabric(1000, leafSpine(40, 960)...), law, 0)
	up := false
	for b.Loop() {
		for i := range 960 {
			r.Edge(0, i, up, true, 0)
		}
		for r.Next() != Never {
			r.Step(r.Next())
		}
		up = !up
	}
}

// TestDaemonsMayBeSoonerThanTheySay: a hold time of 90 s ends 37.5 s after the last word at the earliest, when that was
// 30 s old and the timer a quarter short, and a session may be open again at once.
func TestDaemonsMayBeSoonerThanTheySay(t *testing.T) {
	bgp := topology.Routing{
		Hold: 90 * time.Second, Hello: 30 * time.Second, Convergence: 3 * time.Second, Reconnect: 2 * time.Minute, Daemons: true,
	}
	for _, c := range []struct {
		phase        float64
		silent, dark time.Duration // when tables follow that lose an edge by silence, and by its carrier
		back         time.Duration
	}{
		{0, 37500 * time.Millisecond, 0, 0},
		{1, 93 * time.Second, 3 * time.Second, 123 * time.Second},
	} {
		r := NewRoutes(square(), bgp, c.phase)
		r.Edge(0, 0, false, false, 0)
		assert.Equal(t, c.silent, r.Next(), "phase %v", c.phase)
		r.Step(r.Next())
		r.Edge(200*time.Second, 0, true, false, 0)
		assert.Equal(t, 200*time.Second+c.back, r.Next(), "phase %v", c.phase)
		r.Step(r.Next())
		r.Edge(400*time.Second, 0, false, true, 0)
		assert.Equal(t, 400*time.Second+c.dark, r.Next(), "phase %v", c.phase)
	}
	assert.Equal(t, time.Minute, NewRoutes(square(), bgp, 0.5).Uncertain())
}
