package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestAStreamIsServedWhileThereIsAWay(t *testing.T) {
	assert.Equal(t, []string{"0s served", "1s unserved", "2s served"},
		simtest.Foresee(t, one(t, &UDP{Ends: between}), 1, simtest.Change{At: time.Second}, simtest.Change{At: 2 * time.Second, Usable: true}))
}

func TestUDPTolerates(t *testing.T) {
	assert.Equal(t, time.Second, (&UDP{}).Tolerates())
}

func TestUDPMeasures(t *testing.T) {
	b := measure(t, &UDP{Ends: between, Interval: tick, Size: 8})
	b.up()
	b.Cut()
	b.down()
	b.Mend()
	b.up()
	b.to.PowerOff()
	b.down()
	b.to.PowerOn()
	b.up()
	b.from.PowerOff()
	b.down()
	b.from.PowerOn()
	b.up()
}

func TestDatagramsHaveASize(t *testing.T) {
	for _, size := range []int{7, 2049, -1} {
		_, err := (&UDP{Ends: between, Size: size}).Talks(simtest.TwoCore())
		assert.ErrorContains(t, err, "it must be between 8 and 2048")
	}
}
