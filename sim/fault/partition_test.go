package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func TestEachSideRefusesTheOther(t *testing.T) {
	f := &Partition{A: topology.Target{"hv1"}, B: topology.Target{"hv2"}}
	got, world := play(t, simtest.TwoCore(), f, lasting(time.Second))
	assert.Equal(t, `0s     it begins
0s     hv1 refuses hv2 on
0s     hv2 refuses hv1 on
1s     it ends
1s     hv1 refuses hv2 off
1s     hv2 refuses hv1 off
`, got)
	assert.Equal(t, 2, world.Batches, "both directions in one instant")
}
