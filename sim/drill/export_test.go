package drill

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Events is the log of the room, on its loop.
func (r *Room) Events() []sim.Event { return r.log.Events() }

// At has all seats spend as if it were that time.
func (d *Desk) At(now time.Time) {
	for _, c := range d.seats {
		c.budget.mu.Lock()
		c.budget.now = func() time.Time { return now }
		c.budget.mu.Unlock()
	}
}

// Listen has f called with everything that happens, on the room's loop.
func (r *Room) Listen(f func(sim.Event)) { r.log.Listen(f) }
