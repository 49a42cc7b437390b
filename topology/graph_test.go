package topology

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// randomPlant wires some switches and two hosts at random.
func randomPlant(t *testing.T, dice *rand.Rand) *Plant {
	t.Helper()
	switches := 2 + dice.IntN(4)
	var b strings.Builder
	b.WriteString("fabric: routed\nnetworks: {lan: {subnet: 10.0.0.0/16}}\ntopology:\n  nodes:\n")
	fmt.Fprintf(&b, "    s: {kind: router, count: %d}\n    h: {kind: host, count: 3}\n  links:\n", switches)
	for range 3 + dice.IntN(7) {
		a, z := 1+dice.IntN(switches), 1+dice.IntN(switches)
		if a != z {
			fmt.Fprintf(&b, "    - {endpoints: [s%d, s%d]}\n", a, z)
		}
	}
	for h := 1; h <= 3; h++ {
		for port, s := range dice.Perm(switches)[:1+dice.IntN(2)] {
			fmt.Fprintf(&b, "    - {endpoints: [\"h%d:eth%d\", s%d], networks: [n%d%d]}\n", h, port, s+1, h, port)
		}
	}
	text := b.String()
	networks := ""
	for h := 1; h <= 3; h++ {
		networks += fmt.Sprintf("n%d0: {subnet: 10.1.%d.0/24}, n%d1: {subnet: 10.2.%d.0/24}, ", h, h, h, h)
	}
	p, err := Parse("random", []byte(strings.Replace(text, "{lan: {subnet: 10.0.0.0/16}}", "{"+strings.TrimSuffix(networks, ", ")+"}", 1)))
	require.NoError(t, err, text)
	return p
}

// fewest finds by trying all subsets how many of n things must go until the ends are apart; -1 when nothing helps.
func fewest(n int, apart func(subset int) bool) int {
	best := -1
	for subset := range 1 << n {
		if size := bits.OnesCount(uint(subset)); (best < 0 || size < best) && apart(subset) {
			best = size
		}
	}
	return best
}

func TestCutsAgainstBruteForce(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 7))
	cut2 := 0
	for range 60 {
		p := randomPlant(t, dice)
		g, from, to := p.Graph(), p.Node("h1"), p.Node("h2")

		links := g.LinkCut(from, to)
		lost := Lost{Links: map[*Link]bool{}}
		for _, l := range links {
			lost.Links[l] = true
		}
		assert.False(t, g.Connected(from, to, lost), "the cut does not cut")
		assert.Len(t, links, fewest(len(p.Links), func(subset int) bool {
			lost := Lost{Links: map[*Link]bool{}}
			for i, l := range p.Links {
				lost.Links[l] = subset>>i&1 == 1
			}
			return !g.Connected(from, to, lost)
		}))

		nodes, ok := g.NodeCut(from, to)
		require.True(t, ok)
		assert.Len(t, nodes, fewest(len(p.Family("s")), func(subset int) bool {
			lost := Lost{Nodes: map[*Node]bool{}}
			for i, n := range p.Family("s") {
				lost.Nodes[n] = subset>>i&1 == 1
			}
			return !g.Connected(from, to, lost)
		}))
		if len(nodes) == 2 {
			cut2++
		}
	}
	assert.Greater(t, cut2, 3, "the plants are too poor to show anything")
}

func TestCutsOfTwoCore(t *testing.T) {
	p, err := Load("two-core")
	require.NoError(t, err)
	nodes, ok := p.Graph().NodeCut(p.Node("hv1"), p.Node("array1"))
	require.True(t, ok)
	assert.Equal(t, []*Node{p.Node("core1"), p.Node("core2")}, nodes)
	assert.Len(t, p.Graph().LinkCut(p.Node("hv1"), p.Node("array1")), 2)
	one := p.Graph(p.Network("storage-a"))
	assert.Len(t, one.LinkCut(p.Node("hv1"), p.Node("array1")), 1)
	_, ok = p.Graph().NodeCut(p.Node("core1"), p.Node("core2"))
	assert.False(t, ok, "a link joins them")
	assert.False(t, p.Graph().Connected(p.Node("core1"), p.Node("core2"), Lost{
		Nodes: map[*Node]bool{p.Node("edge1"): true}, Links: map[*Link]bool{p.Link("peer-link"): true},
	}), "hosts do not forward")
}
