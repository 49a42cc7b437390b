package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestStoragePowerLossBootsTheArray(t *testing.T) {
	p := simtest.WithArray()
	p.Arrays()[0].Boot.OS = 2 * time.Minute
	got, _ := play(t, p, &StoragePowerLoss{Array: "array1", Off: 10 * time.Second})
	assert.Equal(t, `0s     it begins
0s     array1 off
0s     array1:a/e0 carrier off
0s     core1:e4 carrier off
0s     array1:b/e0 carrier off
0s     core2:e4 carrier off
10s    array1 os
2m10s  array1 forwarding
2m10s  array1:a/e0 carrier on
2m10s  core1:e4 carrier on
2m10s  array1:b/e0 carrier on
2m10s  core2:e4 carrier on
2m10s  it ends
`, got)
}
