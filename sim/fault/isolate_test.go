package fault

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func TestIsolatedNodesKeepTheirCarriers(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &Isolate{Target: topology.Target{"hv1"}})
	assert.Equal(t, `0s     it begins
0s     hv1:vmnic0 dark on
0s     core1:e1 dark on
0s     hv1:vmnic1 dark on
0s     core2:e1 dark on
`, got)
}
