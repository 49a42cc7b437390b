package topology

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAQueueHoldsWholeFrames(t *testing.T) {
	for want, i := range map[int]Impairment{
		QueueFrames: {Rate: Mbps},
		leastQueue:  {Rate: Mbps, Queue: time.Millisecond},
		8:           {Rate: 2 * Mbps, Queue: 48448 * time.Microsecond},
		826:         {Rate: Gbps, Queue: 10 * time.Millisecond},
	} {
		assert.Equal(t, want, i.Frames(), i.String())
	}
}

func TestOfTwoQueuesTheSlowerRatesStays(t *testing.T) {
	slow, fast := Impairment{Rate: Mbps, Queue: time.Second}, Impairment{Rate: Gbps, Queue: time.Millisecond}
	assert.Equal(t, slow, slow.And(fast))
	assert.Equal(t, slow, fast.And(slow))
	assert.Equal(t, slow, slow.And(Impairment{}))
	assert.Equal(t, "rate 1M, queue 1s", slow.String())
}

func TestAQueueNeedsARate(t *testing.T) {
	assert.ErrorContains(t, Impairment{Queue: time.Millisecond}.Check(), "queue needs a rate")
	assert.ErrorContains(t, Impairment{Rate: Mbps, Queue: -1}.Check(), "queue is -1ns")
	assert.ErrorContains(t, Impairment{Rate: Mbps, Queue: time.Hour}.Check(), "between 0 and 2s")
	assert.NoError(t, Impairment{Rate: Mbps, Queue: time.Millisecond}.Check())
}
