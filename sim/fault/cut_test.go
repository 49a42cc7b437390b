package fault

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestACutTakesEveryLinkInTheConduitAndNoOther(t *testing.T) {
	got, world := play(t, simtest.TwoCore(), &Cut{Conduit: "north"})
	assert.Equal(t, 6, strings.Count(got, "carrier off"), "three links\n%s", got)
	assert.Contains(t, got, "0s     core1:e3 carrier off\n")
	assert.NotContains(t, got, "core2")
	assert.Equal(t, 1, world.Batches)
}
