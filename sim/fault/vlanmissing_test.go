package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func TestAVLANIsMissingAndCarriersStay(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &VLANMissing{Target: topology.Target{"peer-link"}, VLAN: 10}, lasting(time.Second))
	assert.Equal(t, `0s     it begins
0s     core1:e31 vlan of lan off
0s     core2:e31 vlan of lan off
1s     it ends
1s     core1:e31 vlan of lan on
1s     core2:e31 vlan of lan on
`, got)
}

// TestAPortOfAHostMeansTheSwitchs: nobody configures trunks at hosts, and people know them by their hosts.
func TestAPortOfAHostMeansTheSwitchs(t *testing.T) {
	for _, target := range []string{"hv1:vmnic1", "core2:e1"} {
		got, _ := play(t, simtest.TwoCore(), &VLANMissing{Target: topology.Target{target}, Network: "lan"})
		assert.Equal(t, "0s     it begins\n0s     core2:e1 vlan of lan off\n", got, target)
	}
}

func TestANodeMeansAllItsPortsThatCarryIt(t *testing.T) {
	got, _ := play(t, simtest.WithArray(), &VLANMissing{Target: topology.Target{"core2"}, Network: "san"})
	assert.Equal(t, "0s     it begins\n0s     core2:e4 vlan of san off\n", got)
}

func TestVLANsThatCannotBeMissing(t *testing.T) {
	plain := simtest.TwoCore()
	plain.Networks[0].VLAN = 0
	for name, c := range map[string]struct {
		fault VLANMissing
		plant *topology.Plant
		want  string
	}{
		"neither":     {VLANMissing{Target: topology.Target{"core1"}}, nil, "say which network does not pass"},
		"both":        {VLANMissing{Target: topology.Target{"core1"}, Network: "lan", VLAN: 10}, nil, "say which network does not pass"},
		"no network":  {VLANMissing{Target: topology.Target{"core1"}, Network: "lam"}, nil, `no network "lam", did you mean "lan"?`},
		"no id":       {VLANMissing{Target: topology.Target{"core1"}, VLAN: 11}, nil, `no VLAN "11", there is 10 (lan), 21 (san)`},
		"untagged":    {VLANMissing{Target: topology.Target{"core1"}, Network: "lan"}, plain, "lan has no VLAN ID: give it one in the topology"},
		"not carried": {VLANMissing{Target: topology.Target{"core1:e1"}, Network: "san"}, nil, "no switch's port of core1:e1 carries san: it carries lan"},
		"no switch":   {VLANMissing{Target: topology.Target{"edge1:wan"}, Network: "lan"}, nil, "no switch's port of edge1:wan carries lan"},
		"no target":   {VLANMissing{Network: "lan"}, nil, "no target is given"},
		"unknown":     {VLANMissing{Target: topology.Target{"core3"}, Network: "lan"}, nil, "core3"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.plant == nil {
				c.plant = simtest.WithArray()
			}
			assert.ErrorContains(t, c.fault.Resolve(c.plant), c.want)
		})
	}
}

func TestAChangeDropsAVLANUntilItIsRolledBack(t *testing.T) {
	drops := []*VLANMissing{{Target: topology.Target{"hv1:vmnic1"}, Network: "lan"}}
	got, _ := play(t, simtest.TwoCore(), &ConfigPush{Target: topology.Target{"core2"}, Effect: "vlan", Drops: drops})
	assert.Equal(t, "0s     it begins\n0s     core2:e1 vlan of lan off\n", got, "a configuration outlives the change")

	again := []*VLANMissing{{Target: topology.Target{"hv1:vmnic1"}, Network: "lan"}}
	got, _ = play(t, simtest.TwoCore(), &ConfigPush{Target: topology.Target{"core2"}, Effect: "vlan", Drops: again}, lasting(time.Minute))
	assert.Contains(t, got, "1m0s   core2:e1 vlan of lan on\n")
}

func TestChangesThatDropNoVLAN(t *testing.T) {
	drops := []*VLANMissing{{Target: topology.Target{"hv1:vmnic1"}, Network: "lan"}}
	for want, c := range map[string]*ConfigPush{
		"leave out drops_vlans":     {Target: topology.Target{"core2"}, Effect: "none", Drops: drops},
		"say which VLANs it takes":  {Target: topology.Target{"core2"}, Effect: "vlan"},
		"core1 does not take it":    {Target: topology.Target{"core2"}, Effect: "vlan", Drops: []*VLANMissing{{Target: topology.Target{"core1:e1"}, Network: "lan"}}},
		`no network "lam", did you`: {Target: topology.Target{"core2"}, Effect: "vlan", Drops: []*VLANMissing{{Target: topology.Target{"core2:e1"}, Network: "lam"}}},
	} {
		assert.ErrorContains(t, c.Resolve(simtest.TwoCore()), want)
	}
}
