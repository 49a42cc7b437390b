package drill

import (
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Events is the log of the room, on its loop.
func (r *Room) Events() []sim.Event { return r.log.Events() }

// At has all seats spend as if it were that time.
func (d *Desk) At(now time.Time) {
	all := []*budget{d.strangers}
	for _, c := range d.seats {
		all = append(all, c.budget)
	}
	for _, b := range all {
		b.mu.Lock()
		b.now = func() time.Time { return now }
		b.mu.Unlock()
	}
}

// Listen has f called with everything that happens, on the room's loop.
func (r *Room) Listen(f func(sim.Event)) { r.log.Listen(f) }

// SeatPaths lists what can be asked for at a seat.
func SeatPaths() []string {
	var all []string
	for what := range (&Desk{}).atSeat() {
		if path, get := strings.CutPrefix(what, "GET "); get {
			all = append(all, strings.TrimSuffix(path, "{$}"))
		}
	}
	return all
}
