package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestDiskSlowHasADefault(t *testing.T) {
	got, _ := play(t, simtest.WithArray(), &DiskSlow{Array: "array1"}, lasting(time.Minute))
	assert.Equal(t, `0s     it begins
0s     array1 disks slower by 100ms
1m0s   it ends
1m0s   array1 disks slower by 0s
`, got)
}

func TestDiskSlowAddsUp(t *testing.T) {
	p := simtest.WithArray()
	one := simtest.Entry(t, p, "one", 0, &DiskSlow{Array: "array1", Latency: time.Second})
	two := simtest.Entry(t, p, "two", time.Minute, &DiskSlow{Array: "array1"})
	one.For = 2 * time.Minute
	log, _ := simtest.Play(t, &sim.Scenario{Plant: p, Timeline: []*sim.Entry{one, two}}, sim.Options{})
	assert.Equal(t, `0s     one begins
0s     array1 disks slower by 1s
1m0s   two begins
1m0s   array1 disks slower by 1.1s
2m0s   one ends
2m0s   array1 disks slower by 100ms
`, simtest.Transcript(log))
}
