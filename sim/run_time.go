package sim

import "time"

// realTime keeps account of where real time goes.
type realTime struct {
	phase string
	since time.Time
	sums  map[string]Seconds
}

func (t *realTime) start(phase string) {
	now := time.Now()
	if t.sums == nil {
		t.sums = map[string]Seconds{}
	} else {
		t.sums[t.phase] += Seconds(now.Sub(t.since).Round(time.Millisecond))
	}
	t.phase, t.since = phase, now
}

func (t *realTime) spent() map[string]Seconds {
	t.start("")
	return t.sums
}
