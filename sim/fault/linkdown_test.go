package fault

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func TestLinkDownTakesBothCarriers(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &LinkDown{Target: topology.Target{"core1:e31"}}, lasting(time.Second))
	assert.Equal(t, `0s     it begins
0s     core1:e31 carrier off
0s     core2:e31 carrier off
1s     it ends
1s     core1:e31 carrier on
1s     core2:e31 carrier on
`, got)
}

func TestLinkDownWithoutEndStays(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &LinkDown{Target: topology.Target{"peer-link"}})
	assert.NotContains(t, got, "ends")
}

func TestANodeMeansAllItsLinks(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &LinkDown{Target: topology.Target{"hv1", "core1:e1"}})
	assert.Equal(t, 4, strings.Count(got, "carrier off"), "two links, the one named twice not twice\n%s", got)
}
