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

// findAnew is how long a sender may trust an entry to which nobody answers any more: it is reachable for half as long again
// as 30 s at most, waited for 5 s, then asked three times (RFC 4861, 6.3.2 and 10). Only then does the sender ask everybody.
const findAnew = 45*time.Second + 5*time.Second + entryLives

// resume tells the members of a way that is whole again, when its neighbours are resolved.
func (w *World) resume(now time.Duration, y *way) {
	span := time.Duration(0)
	switch {
	case w.mislaid(now, y):
		span, y.open = findAnew, now+findAnew
		w.env.Loop.After(span, func() {}) // it is pending until then
	case now-y.gone >= entryLives:
		span = askAgain
	}
	wait := time.Duration(w.env.Phase * float64(span))
	if wait == 0 {
		y.tell(true)
		return
	}
	y.cancel = w.env.Loop.After(wait, func() { y.tell(true) })
}

// mislaid says whether switches send what is for the far end of a way to a port where it does not listen any more. Its bond
// has moved to a switch that forwarded nothing, so that nobody heard it say so; the switch that it left has stayed up, and
// so has the link there, so that nothing was forgotten (IEEE 802.1Q, 8.8); and it only ever answers. Who asks others by
// itself is found again with the next question.
func (w *World) mislaid(now time.Duration, y *way) bool {
	for _, p := range y.pairs {
		tap := p.there.to.tap
		if tap == nil || tap.Bond == nil || w.asks[tap.Node] {
			continue
		}
		b := w.bondOf(tap.Bond)
		if b.left != nil && b.moved >= y.gone && b.moved < now && w.carrier[w.number(b.left)] && w.serves(b.left.Peer().Node) {
			return true
		}
	}
	return false
}
