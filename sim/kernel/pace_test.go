package kernel

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Gaps of random moments are as long as told on average, and a third of them longer (1/e); a beat is a beat.
func TestScatteredTicksComeAtRandomMoments(t *testing.T) {
	const ticks = 100_000
	e := &pace{interval: time.Millisecond, scattered: true, dice: rand.New(rand.NewPCG(1, 0))}
	sum, longer := time.Duration(0), 0
	for range ticks {
		gap := e.gap()
		if sum += gap; gap > e.interval {
			longer++
		}
	}
	assert.InDelta(t, time.Millisecond.Seconds(), sum.Seconds()/ticks, 2e-5)
	assert.InDelta(t, 0.368, float64(longer)/ticks, 0.01)
	assert.Equal(t, time.Second, (&pace{interval: time.Second}).gap())
}
