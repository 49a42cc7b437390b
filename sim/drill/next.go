package drill

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Coming is what comes next by itself.
type Coming struct {
	At sim.Seconds `json:"at"`
	// What is an inject, a decision, work or a fault by its name; empty when only the plant moves.
	What string `json:"what,omitempty"`
	// Quiet: until then nothing moves at all.
	Quiet bool `json:"quiet,omitempty"`
}

// coming finds what comes next by itself: what the script, the timeline or people's work have next, and where none of them
// has anything, what the plant does. Nil when nothing does.
func (r *Room) coming() *Coming {
	plant := r.run.Loop().Next()
	next, what := sim.Never, ""
	take := func(at time.Duration, name string) {
		if at < next {
			next, what = at, name
		}
	}
	for _, x := range r.items {
		if x.given == sim.Never && !x.held {
			take(x.at, x.id)
		}
	}
	for _, t := range r.tasks {
		if t.begun && t.pending() {
			take(t.until, t.String())
		}
	}
	for _, e := range r.sc.Timeline {
		if e.When == nil && !r.begun[e.ID] {
			take(e.At, e.ID)
		}
	}
	switch {
	case next != sim.Never:
		return &Coming{At: sim.Seconds(next), What: what, Quiet: plant >= next}
	case plant != sim.Never:
		return &Coming{At: sim.Seconds(plant)}
	}
	return nil
}

// moment reads a time to jump to: how long after the beginning, or a time of day where the scenario has a date.
func (r *Room) moment(text string) (time.Duration, error) {
	now := r.clock.Now()
	if d, err := time.ParseDuration(text); err == nil {
		if d < now {
			return 0, fmt.Errorf("jump to %q: that is over", text)
		}
		return d, nil
	}
	at, err := time.Parse("15:04", text)
	if err != nil || r.sc.Start.IsZero() {
		return 0, fmt.Errorf("jump to %q: write how long after the beginning, such as 4h5m, or a time of day, such as 17:05", text)
	}
	present := r.sc.Start.Add(now)
	there := time.Date(present.Year(), present.Month(), present.Day(), at.Hour(), at.Minute(), 0, 0, present.Location())
	if there.Before(present) {
		there = there.AddDate(0, 0, 1)
	}
	return there.Sub(r.sc.Start), nil
}
