package workload

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// ProbesPerSecond is how many requests all workloads together may make: that many cost half a core (200 flows at 10 ms,
// measured on 2 cores). A machine that is busier than that misses its own deadlines.
const ProbesPerSecond = 20_000

// paced is a talk that sends at a steady beat.
type paced interface {
	// beat is the interval, and whether it was chosen by default and may be stretched.
	beat() (interval time.Duration, elastic bool)
	stretch(factor float64)
}

// Pace stretches the intervals that nobody asked for, so that all workloads together stay below ProbesPerSecond. It is
// called once for all the workloads of a scenario.
func Pace(uses []*sim.Use) {
	fixed, elastic := 0.0, 0.0
	for _, t := range talksOf(uses) {
		interval, may := t.beat()
		if may {
			elastic += 1 / interval.Seconds()
		} else {
			fixed += 1 / interval.Seconds()
		}
	}
	left := max(ProbesPerSecond-fixed, ProbesPerSecond/10) // what was asked for is not taken away, and something is left
	if elastic <= left {
		return
	}
	for _, t := range talksOf(uses) {
		if _, may := t.beat(); may {
			t.stretch(elastic / left)
		}
	}
}

func talksOf(uses []*sim.Use) []paced {
	var all []paced
	for _, u := range uses {
		for _, m := range u.Members {
			if t, ok := m.Talk.(paced); ok {
				all = append(all, t)
			}
		}
	}
	return all
}

// rhythm is the beat of a talk; it is what makes one paced.
type rhythm struct {
	interval time.Duration
	elastic  bool
}

// every is the interval that was asked for, or one by default that may be stretched.
func every(asked, byDefault time.Duration) rhythm {
	if asked > 0 {
		return rhythm{asked, false}
	}
	return rhythm{byDefault, true}
}

func (r *rhythm) beat() (time.Duration, bool) { return r.interval, r.elastic }

// stretch rounds up to whole milliseconds: a beat of 10.37 ms is nothing that a person would choose.
func (r *rhythm) stretch(factor float64) {
	d := time.Duration(float64(r.interval) * factor)
	r.interval = (d + time.Millisecond - 1).Truncate(time.Millisecond)
}
