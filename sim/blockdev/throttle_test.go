package blockdev

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/topology"
)

// inTurn has somebody ask for one thing after the other, and says how long the disks stood still meanwhile.
func inTurn(t *Throttle, from time.Duration, times int, pause time.Duration) (until, idle time.Duration) {
	before := t.Idle(from)
	for range times {
		from = t.admit(from, 4096) + pause
	}
	return from, t.Idle(from) - before
}

func TestDisksThatNobodyAsksStandStill(t *testing.T) {
	d := new(Throttle)
	d.SetSpeed(Speed{DiskSpeed: topology.DiskSpeed{IOPS: 1000}})
	now, idle := inTurn(d, time.Hour, 1000, 500*time.Microsecond)
	assert.Zero(t, idle, "half a millisecond between two requests is made up for")
	assert.InDelta(t, time.Second, now-time.Hour, float64(arrears))
	from := now
	now, idle = inTurn(d, now, 1000, 3*time.Millisecond)
	assert.InDelta(t, 3*time.Second, now-from, float64(arrears), "what comes between two requests is longer than a request")
	assert.InDelta(t, 2*time.Second, idle, float64(2*arrears), "and that they stood still")
	d.SetSpeed(Speed{DiskSpeed: topology.DiskSpeed{IOPS: 1000}, Latency: 20 * time.Millisecond})
	_, idle = inTurn(d, now, 1000, 0)
	assert.Zero(t, idle, "a disk with a long way to it keeps nobody waiting but by that")
}

// What disks were not asked before somebody begins is nothing that he was kept from.
func TestDisksThatStoodStillBefore(t *testing.T) {
	d := new(Throttle)
	d.SetSpeed(Speed{DiskSpeed: topology.DiskSpeed{IOPS: 1000}})
	d.admit(0, 4096)
	_, idle := inTurn(d, time.Hour, 10, 0)
	assert.Zero(t, idle)
	_, idle = inTurn(d, 2*time.Hour, 1, time.Second)
	assert.InDelta(t, time.Second, idle, float64(2*arrears), "but he was slow to go on")
}
