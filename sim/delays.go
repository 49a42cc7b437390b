package sim

import (
	"math/bits"
	"time"
)

const (
	// delaySteps is how many buckets there are to a doubling: a quantile is off by 1/32, 3 %, at most.
	delaySteps = 32
	// delayDoublings reaches from 1 µs to 2^30 µs, which is 18 minutes.
	delayDoublings = 30
)

// delays are many durations, of which quantiles are wanted and no sample is kept. A bucket is 1/32 of a doubling wide.
type delays struct {
	count       uint64
	least, most time.Duration
	buckets     *[delaySteps * (delayDoublings + 1)]uint32
}

func (d *delays) add(delay time.Duration) {
	d.reach(delay)
	d.count++
	d.most = max(d.most, delay)
	d.buckets[bucketOf(delay)]++
}

// reach notes how short a delay can be, and counts none.
func (d *delays) reach(delay time.Duration) {
	if d.buckets == nil {
		d.least, d.buckets = delay, new([delaySteps * (delayDoublings + 1)]uint32)
	}
	d.least = min(d.least, delay)
}

// bucketOf counts in µs: the first doubling holds 0 to 31 µs one by one, each that follows has 32 steps.
func bucketOf(delay time.Duration) int {
	us := uint64(max(0, delay.Microseconds()))
	if us < delaySteps {
		return int(us)
	}
	doubling := bits.Len64(us) - 5 // 32 µs is the first of doubling 1
	step := us >> (doubling - 1) & (delaySteps - 1)
	return min(doubling*delaySteps+int(step), delaySteps*(delayDoublings+1)-1)
}

// floorOf is the least delay of a bucket.
func floorOf(bucket int) time.Duration {
	doubling, step := bucket/delaySteps, bucket%delaySteps
	if doubling == 0 {
		return time.Duration(step) * time.Microsecond
	}
	return time.Duration((delaySteps+step)<<(doubling-1)) * time.Microsecond
}

// quantile is the delay that the given part of all samples do not exceed, to within a bucket; 0 without samples.
func (d *delays) quantile(part float64) Seconds {
	left := uint64(part * float64(d.count))
	if d.count == 0 {
		return 0
	}
	for i, n := range d.buckets {
		if left < uint64(n) {
			return Seconds(min(max(floorOf(i), d.least), d.most))
		}
		left -= uint64(n)
	}
	return Seconds(d.most)
}
