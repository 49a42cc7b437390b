package model

import "time"

// The law of neighbour resolution (RFC 4861, 7.2.2 and 7.3.3, which Linux keeps to for IPv4 as well: net.ipv4.neigh
// ucast_solicit 3, retrans_time_ms 1000). While nobody answers, a sender asks for its neighbour once a second; its entry
// cannot have failed before three such questions went unanswered. So after a longer darkness a way that is whole again is
// used with the next question: at once, or up to a second later. That holds for a carrier that has just come up, too: the
// bridge at its other end takes the port into service a moment later, when the first question may have been lost there.
const (
	entryLives = 3 * time.Second
	askAgain   = time.Second
)

// resume tells the members of a way that is whole again, when its neighbours are resolved.
func (w *World) resume(now time.Duration, y *way) {
	wait := time.Duration(0)
	if now-y.gone > entryLives {
		wait = time.Duration(w.env.Phase * float64(askAgain))
	}
	if wait == 0 {
		y.tell(true)
		return
	}
	y.cancel = w.env.Loop.After(wait, func() { y.tell(true) })
}
