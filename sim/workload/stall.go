package workload

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// stall is the state machine of everything that runs over connections: a darkness in which nothing is sent goes
// unnoticed; any other is an outage from its very beginning; and when the way is back, the service is only with the next
// attempt.
//
//	way      ━━━━━━━┓            ┏━━━━━━━━━━
//	served   ━━━━━━━┓░░░░░░░░░░░░░░░░┏━━━━━━
//	             since  first lost   next attempt
type stall struct {
	sim.Viewer
	notice time.Duration // how long after its beginning the first request is lost in a darkness
	// attempt tells how long after now, when the way has come back, the first attempt gets through, and whether over a
	// new connection.
	attempt func(since, now time.Duration) (wait time.Duration, anew bool)

	dark            bool // since the way went, nothing has got through
	since           time.Duration
	noticed, backed func() // cancel what is planned
}

func newStall(v sim.Viewer, notice time.Duration, attempt func(since, now time.Duration) (time.Duration, bool)) *stall {
	return &stall{Viewer: v, notice: notice, attempt: attempt, noticed: func() {}, backed: func() {}}
}

// Path follows the way.
func (s *stall) Path(usable bool) {
	s.backed()
	switch {
	case usable && !s.dark:
		s.Served(true)
	case usable && s.Now()-s.since < s.notice:
		s.through(false) // nothing was sent in the meantime
	case usable:
		wait, anew := s.attempt(s.since, s.Now())
		s.backed = s.After(wait, func() { s.through(anew) })
	case !s.dark:
		s.dark, s.since = true, s.Now()
		s.noticed = s.After(s.notice, func() { s.Unserved(s.since) })
	}
}

// through ends the darkness.
func (s *stall) through(anew bool) {
	s.noticed()
	s.dark = false
	if anew {
		s.Reconnected()
	}
	s.Served(true)
}
