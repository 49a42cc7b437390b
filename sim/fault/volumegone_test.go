package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestVolumeGoneTakesNoCarrier(t *testing.T) {
	got, _ := play(t, simtest.WithArray(), &VolumeGone{Volume: "array1/vol1"}, lasting(time.Minute))
	assert.Equal(t, `0s     it begins
0s     array1/vol1 volume off
1m0s   it ends
1m0s   array1/vol1 volume on
`, got)
}
