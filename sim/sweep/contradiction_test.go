package sweep

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const claims = `
topology:
  nodes:
    core1: {kind: switch, feeds: [a]}
    core2: {kind: switch, feeds: [a]}
    edge1: {kind: switch}
    h1: {kind: host, ports: {e0: {to: core1, conduit: duct}, e1: {to: core2, conduit: duct}}, bonds: {t: {members: [e0, e1]}}}
    h2: {kind: host, ports: {e0: core1, e1: core2}, bonds: {t: {members: [e0, e1]}}}
    h3: {kind: host, ports: {e0: edge1}}
  links:
    x1: {endpoints: [core1, edge1]}
    spare: {endpoints: [core2, "edge1:Ethernet1/9"]}
groups:
  core:    {redundant: [core1, core2]}
  uplinks: {redundant: [x1, spare], shares: [optic-batch]}
  wrong:   {redundant: [core1, edge1]}
`

// sweepPairs is a sweep of one workload per pair.
func sweepPairs(t *testing.T, p *topology.Plant, depth int, pairs ...[2]string) *Result {
	t.Helper()
	var uses []*sim.Use
	for _, x := range pairs {
		uses = append(uses, use(x[0]+"-"+x[1], sim.Flow{From: p.Node(x[0]), To: p.Node(x[1])}))
	}
	r, err := Run(context.Background(), p, uses, Options{Depth: depth})
	require.NoError(t, err)
	return r
}

func TestClaimsThatDoNotHold(t *testing.T) {
	p := parse(t, "networks: {lan: {subnet: 10.0.0.0/24}}\n"+claims)
	r := sweepPairs(t, p, 2, [2]string{"h1", "h2"}, [2]string{"h1", "h3"})
	var got []string
	for _, c := range r.Contradictions {
		got = append(got, fmt.Sprint(c.Group.ID, " ", c.Whole, " ", together(c.Fates), " ", c.Workloads))
	}
	assert.Equal(t, []string{
		"core true feed a [h1-h2 h1-h3]",
		"uplinks true all of uplinks (shared optic-batch) [h1-h3]",
		"wrong false edge1 [h1-h3]",
	}, got)
}

func TestNothingToFind(t *testing.T) {
	p := parse(t, parallel([]int{0, 0, 0}))
	assert.Empty(t, sweepPairs(t, p, 2, [2]string{"h1", "h2"}).Contradictions)
}

func TestMembersWithoutAPathAreFound(t *testing.T) {
	p, err := topology.Load("two-core")
	require.NoError(t, err)
	assert.Len(t, sweepPairs(t, p, 1, [2]string{"pbx1", "array1"}).Workloads[0].Severed, 1)
}

// TestFatTreeCounts: the counts were taken before by a union-find, by 512 scenarios at a time and by low-link searches,
// which agreed: of the 107,416 pairs of switches and links of an 8-ary fat tree 61,360 cut a host from the first of its
// pod. Here hosts count as elements too, and each of the 128 is one more that cuts alone.
func TestFatTreeCounts(t *testing.T) {
	p, err := topology.Load("fat-tree:k=8")
	require.NoError(t, err)
	hosts := hostsOf(p)
	r, err := Run(context.Background(), p, []*sim.Use{use("w", flowsTo(hosts, func(i int) int { return i / 16 * 16 })...)}, Options{Depth: 2})
	require.NoError(t, err)
	const others = 464 // switches and links
	singles := int64(0)
	for _, c := range r.Workloads[0].Cuts {
		require.Len(t, c.Fates, 1, "no pair cuts that does not hold a single")
		singles += int64(flag(!c.End))
	}
	assert.EqualValues(t, 61360, others*(others-1)/2-(others-singles)*(others-singles-1)/2)
	total := int64(others + len(hosts))
	alone := singles + int64(len(hosts))
	assert.Equal(t, total*(total-1)/2-(total-alone)*(total-alone-1)/2, r.Combinations()[1].Cut.Int64())
}
