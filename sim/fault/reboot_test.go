package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

// small is a plant of one switch with one host.
func small() *topology.Plant {
	p := simtest.TwoCore()
	for _, n := range p.Nodes {
		n.Ports = nil
	}
	p.Links = nil
	return p
}

func TestRebootIsStagedAndEndsInService(t *testing.T) {
	got, _ := play(t, small(), &Reboot{Target: topology.Target{"core1"}})
	assert.Equal(t, `0s     it begins
0s     core1 off
5s     core1 self-test
1m5s   core1 os
3m5s   core1 ports-up
4m5s   core1 control-plane
6m5s   core1 forwarding
6m5s   it ends
`, got)
}

func TestRebootOfAGroupIsOneInstant(t *testing.T) {
	got, world := play(t, small(), &Reboot{Target: topology.Target{"core"}, Off: time.Minute})
	assert.Contains(t, got, "0s     core1 off\n0s     core2 off\n")
	assert.Contains(t, got, "1m0s   core1 self-test\n1m0s   core2 self-test\n")
	assert.Contains(t, got, "7m0s   core1 forwarding\n7m0s   core2 forwarding\n7m0s   it ends\n")
	assert.Equal(t, 1+2*5, world.Batches, "both go in one batch, and come stage by stage")
}

func TestRebootWithOffset(t *testing.T) {
	got, _ := play(t, small(), &Reboot{Target: topology.Target{"core"}, Offset: 8 * time.Minute})
	assert.Contains(t, got, "6m5s   core1 forwarding\n8m0s   core2 off\n")
	assert.Contains(t, got, "14m5s  core2 forwarding\n14m5s  it ends\n")
}

func TestEachNodeWaitsForTheOneBefore(t *testing.T) {
	got, _ := play(t, small(), &Reboot{Target: topology.Target{"core", "edge1"}, Offset: time.Minute})
	assert.Contains(t, got, "2m0s   edge1 off\n")
}

func TestRebootTakesItsTimeWithoutPowerFromTheProfile(t *testing.T) {
	p := small()
	p.Node("core1").Boot.Off = 30 * time.Second
	got, _ := play(t, p, &Reboot{Target: topology.Target{"core1"}})
	assert.Contains(t, got, "30s    core1 self-test\n")
}

func TestRebootDoesNotOutliveItsFor(t *testing.T) {
	got, _ := play(t, small(), &Reboot{Target: topology.Target{"core1"}, Off: time.Hour}, lasting(time.Minute))
	assert.Contains(t, got, "1m0s   it ends\n1m0s   core1 self-test\n")
}
