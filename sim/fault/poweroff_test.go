package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/topology"
)

func TestPowerStaysAwayUntilTheEnd(t *testing.T) {
	got, world := play(t, small(), &PowerOff{Target: topology.Target{"core1"}})
	assert.Equal(t, "0s     it begins\n0s     core1 off\n", got)
	assert.Equal(t, []string{"sim.Stage core1"}, world.Wrong())
}

func TestPowerComesBackAtTheEnd(t *testing.T) {
	got, _ := play(t, small(), &PowerOff{Target: topology.Target{"core1"}}, lasting(10*time.Minute))
	assert.Contains(t, got, "10m0s  it ends\n10m0s  core1 self-test\n")
	assert.Contains(t, got, "16m0s  core1 forwarding\n")
}
