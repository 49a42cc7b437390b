package drill

import "github.com/dcdrill/dcdrill/sim"

// Events is the log of the room, on its loop.
func (r *Room) Events() []sim.Event { return r.log.Events() }
