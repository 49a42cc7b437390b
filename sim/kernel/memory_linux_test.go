package kernel

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

func TestVolumesThatDoNotFitAreRefusedWithTheSum(t *testing.T) {
	array := &topology.Node{ID: "array1"}
	fills := []sim.Fill{
		{Volume: &topology.Volume{Array: array, ID: "vol1"}, Machines: 300, Bytes: 6 << 30},
		{Volume: &topology.Volume{Array: array, ID: "vol2"}, Machines: 2, Bytes: 512 << 20},
	}
	small := memoryRoom{4 << 30, "the limit of its control group"}
	var u *box.Unavailable
	require.ErrorAs(t, small.holds(fills), &u)
	assert.Equal(t, "volumes live in memory and may take 6.5GiB (array1/vol1 6GiB by 300 machines, array1/vol2 512MiB by 2 machines); "+
		"the limit of its control group is 4GiB", u.What)
	assert.NotEmpty(t, u.Remedy)
	assert.NoError(t, memoryRoom{free: 6<<30 + 512<<20}.holds(fills))
	assert.NoError(t, memoryRoom{}.holds(nil))
}

func TestFreeMemoryIsThatOfTheMachineOrOfItsGroup(t *testing.T) {
	was := groupLimit
	defer func() { groupLimit = was }()
	groupLimit = 0
	machine, err := freeMemory()
	require.NoError(t, err)
	assert.Positive(t, machine.free)
	assert.Equal(t, "what is free on this machine", machine.why)
	groupLimit = 1 << 20
	group, err := freeMemory()
	require.NoError(t, err)
	assert.Equal(t, memoryRoom{1 << 20, "the limit of its control group"}, group)
}
