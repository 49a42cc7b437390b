package sweep

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// parse builds a plant that is right.
func parse(t testing.TB, text string) *topology.Plant {
	t.Helper()
	p, err := topology.Parse("plant.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

// sweepFlow is what cuts one flow.
func sweepFlow(t testing.TB, p *topology.Plant, from, to string, depth int, on ...string) *Workload {
	t.Helper()
	f := sim.Flow{From: p.Node(from), To: p.Node(to)}
	for _, n := range on {
		f.Networks = append(f.Networks, p.Network(n))
	}
	r, err := Run(context.Background(), p, []*sim.Use{use("w", f)}, Options{Depth: depth})
	require.NoError(t, err)
	return r.Workloads[0]
}

// parallel is two hosts with a switch between them for each set of feeds; sets are bits.
func parallel(sets []int) string {
	var nodes, ports, members []string
	for i, s := range sets {
		var feeds []string
		for bit, id := range []string{"a", "b", "c"} {
			if s>>bit&1 == 1 {
				feeds = append(feeds, id)
			}
		}
		nodes = append(nodes, fmt.Sprintf("    sw%d: {kind: switch, feeds: [%s]}\n", i, strings.Join(feeds, ", ")))
		ports = append(ports, fmt.Sprintf("e%d: sw%d", i, i))
		members = append(members, fmt.Sprintf("e%d", i))
	}
	host := fmt.Sprintf("{kind: host, ports: {%s}, bonds: {all: {members: [%s]}}}", strings.Join(ports, ", "), strings.Join(members, ", "))
	return "topology:\n  nodes:\n" + strings.Join(nodes, "") + "    h1: " + host + "\n    h2: " + host + "\n"
}

// TestFeedsCutMorePathsThanThereAreFeeds: three feeds bring down a switch for each of their seven combinations, and a
// fourth failure is needed for none of them, in whatever order the search comes across them.
func TestFeedsCutMorePathsThanThereAreFeeds(t *testing.T) {
	for _, c := range []struct {
		sets []int
		want string
	}{
		{[]int{1, 2, 3, 4, 5, 6, 7}, "feed a + feed b + feed c"},
		{[]int{1, 2, 3, 0}, "feed a + feed b + node sw"},
		{[]int{0, 1, 2, 3}, "feed a + feed b + node sw"},
		{[]int{1, 2, 3}, "feed a + feed b"},
	} {
		for first := range c.sets {
			sets := append(slices.Clone(c.sets[first:]), c.sets[:first]...)
			w := sweepFlow(t, parse(t, parallel(sets)), "h1", "h2", 3)
			want := strings.Replace(c.want, "node sw", fmt.Sprintf("node sw%d", slices.Index(sets, 0)), 1)
			assert.Contains(t, spelled(w), want, "feeds %v", sets)
		}
	}
}

// TestStorageOverTwoNetworks: either network is enough, and what joins the two is found by its name.
func TestStorageOverTwoNetworks(t *testing.T) {
	p, err := topology.Load("two-core")
	require.NoError(t, err)
	w := sweepFlow(t, p, "hv1", "array1", 2, "storage-a", "storage-b")
	got := spelled(w)
	assert.Subset(t, got, []string{
		"group core", "group san", "node core1 + node core2", "link stor-a + link stor-b", "link hv1:vmnic2 + node core2",
		"transceiver array1:a/e0 + transceiver core2:Ethernet1/1", "feed a + feed b", "node array1", "node hv1",
	})
	assert.NotContains(t, got, "node core1")
}

// TestBondMembersDoNotPassFramesToEachOther: racks hang on both cores by bonds with one member in use, so that none of
// them stands in for the link between the cores.
func TestBondMembersDoNotPassFramesToEachOther(t *testing.T) {
	p, err := topology.Load("two-tier:racks=3,hosts=1")
	require.NoError(t, err)
	got := spelled(sweepFlow(t, p, "rack1-h1", "rack2-h1", 3))
	assert.Contains(t, got, "link peer-link + link tor1:up1 + link tor2:up2")
	assert.Contains(t, got, "node core1 + node core2")
	assert.NotContains(t, got, "link tor1:up1 + link tor2:up2")
}

func TestSinglesOfAFlowThroughRouters(t *testing.T) {
	p, err := topology.Load("two-core")
	require.NoError(t, err)
	got := spelled(sweepFlow(t, p, "isp", "pbx1", 1))
	assert.Equal(t, []string{
		"conduit north-duct", "feed a", "link edge2:in", "link edge2:wan", "link pbx1:eth0", "node edge2", "node isp",
		"node pbx1", "node voice-sw", "transceiver edge2:wan", "transceiver isp:eth1",
	}, got)
}

func TestNoPathFromTheStart(t *testing.T) {
	p, err := topology.Load("two-core")
	require.NoError(t, err)
	w := sweepFlow(t, p, "pbx1", "array1", 2)
	assert.Len(t, w.Severed, 1)
	assert.Empty(t, w.Cuts)
}

func TestWrongQuestions(t *testing.T) {
	p, err := topology.Load("star")
	require.NoError(t, err)
	u := use("w", sim.Flow{From: p.Node("h1"), To: p.Node("h2")})
	_, err = Run(context.Background(), p, []*sim.Use{u}, Options{Depth: 4})
	assert.ErrorIs(t, err, ErrDepth)
	_, err = Run(context.Background(), p, []*sim.Use{u}, Options{Depth: -1})
	assert.ErrorIs(t, err, ErrDepth)
	_, err = Run(context.Background(), p, []*sim.Use{u}, Options{Workloads: []string{"x"}})
	assert.ErrorContains(t, err, `no workload "x"`)
	_, err = Run(context.Background(), p, nil, Options{})
	assert.ErrorIs(t, err, ErrNothing)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Run(ended, p, []*sim.Use{u}, Options{})
	assert.ErrorIs(t, err, context.Canceled)
}
