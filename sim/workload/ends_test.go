package workload

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func TestWhoTalksToWhom(t *testing.T) {
	for name, c := range map[string]struct {
		ends Ends
		want []string
	}{
		"one to one":     {Ends{From: topology.Target{"hv1"}, To: topology.Target{"isp"}}, []string{"hv1-isp"}},
		"many to one":    {Ends{From: topology.Target{"hv"}, To: topology.Target{"edge1"}}, []string{"hv1-edge1", "hv2-edge1"}},
		"one to many":    {Ends{From: topology.Target{"isp"}, To: topology.Target{"hv"}}, []string{"isp-hv1", "isp-hv2"}},
		"a set, itself":  {Ends{From: topology.Target{"hv"}, To: topology.Target{"hv"}}, []string{"hv1-hv2"}},
		"overlapping":    {Ends{From: topology.Target{"hv", "isp"}, To: topology.Target{"hv"}}, []string{"hv1-hv2", "isp-hv1", "isp-hv2"}},
		"count, in turn": {Ends{From: topology.Target{"hv"}, To: topology.Target{"isp"}, Count: 3}, []string{"hv1-isp", "hv2-isp", "hv1-isp"}},
		"fewer":          {Ends{From: topology.Target{"hv"}, To: topology.Target{"isp"}, Count: 1}, []string{"hv1-isp"}},
	} {
		t.Run(name, func(t *testing.T) {
			flows, err := c.ends.flows(simtest.TwoCore())
			require.NoError(t, err)
			var got []string
			for _, f := range flows {
				got = append(got, f.From.ID+"-"+f.To.ID)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestEndsThatAreWrong(t *testing.T) {
	hv := topology.Target{"hv"}
	for name, c := range map[string]struct {
		ends Ends
		want string
	}{
		"from":            {Ends{From: topology.Target{"hvx"}, To: hv}, "hvx"},
		"to":              {Ends{From: hv, To: topology.Target{"hvx"}}, "hvx"},
		"itself":          {Ends{From: topology.Target{"hv1"}, To: topology.Target{"hv1"}}, "nobody but itself"},
		"network":         {Ends{From: hv, To: hv, Network: "voip"}, "voip"},
		"not in it":       {Ends{From: hv, To: topology.Target{"edge1"}, Networks: []string{"lan", "san"}}, `edge1 has no address in network "san"`},
		"count":           {Ends{From: hv, To: hv, Count: -1}, "count is -1"},
		"IPv6 anywhere":   {Ends{From: hv, To: hv, Family: "ipv6"}, "name it by network or networks"},
		"IPv6 in no v6":   {Ends{From: hv, To: hv, Family: "ipv6", Network: "lan"}, `network "lan" has no subnet6`},
		"count, too many": {Ends{From: hv, To: hv, Count: 1001}, "count is 1001"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.ends.flows(simtest.TwoCore())
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestEndsThatSpeakIPv6(t *testing.T) {
	p := simtest.TwoCore()
	p.Network("lan").Subnet6 = netip.MustParsePrefix("fd00::/64")
	for family, want := range map[string]bool{"": false, "ipv4": false, "ipv6": true} {
		flows, err := (&Ends{From: topology.Target{"hv1"}, To: topology.Target{"hv2"}, Network: "lan", Family: family}).flows(p)
		require.NoError(t, err)
		assert.Equal(t, want, flows[0].IPv6, family)
	}
}

// crowd makes n nodes, numbered from first.
func crowd(first, n int) []*topology.Node {
	all := make([]*topology.Node, n)
	for i := range all {
		all[i] = &topology.Node{ID: fmt.Sprint(first + i)}
	}
	return all
}

func TestAMeshHasItsLimit(t *testing.T) {
	eleven, twelve := crowd(0, 11), crowd(0, 12)
	assert.Len(t, pair(eleven, eleven), 55, "a full mesh")
	assert.Len(t, pair(twelve, twelve), 12, "66 would be too many: a ring")
	assert.Len(t, pair(crowd(0, 8), crowd(8, 8)), 64, "every pair")
	wide := pair(crowd(0, 3), crowd(3, 90))
	assert.Len(t, wide, 90, "each of the larger side once")
	far := map[string]bool{}
	for _, p := range wide {
		far[p[1].ID] = true
	}
	assert.Len(t, far, 90)
	assert.Len(t, pair(crowd(0, 1), crowd(1, 500)), 500, "one place talks to all")
}
