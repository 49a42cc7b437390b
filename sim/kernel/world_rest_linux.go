package kernel

import (
	"cmp"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// longestRest is for those who have nothing ahead of them while others go on: longer than anybody goes on.
const longestRest = time.Hour

// Rest implements Resting.
func (w *World) Rest(before time.Duration) string {
	now := w.clock.Now()
	if now < 0 {
		return "the steady state"
	}
	if before == sim.Never {
		before = now + longestRest
	}
	until := before - runUp
	if w.shadow.Pending() {
		until -= max(phaseAhead, w.shadow.Uncertain())
	}
	busy := cmp.Or(w.unheard(), w.storage.unsettled())
	w.storage.rest(until)
	for _, l := range w.lives {
		l.tracker.Expire(now)
		why := w.goesOn(l, now)
		switch {
		case why == "" && until > now:
			w.paces.rest(l.tracker, until)
			l.tracker.Rested(until)
			l.rests = until
		case why != "" && l.rests > now:
			w.paces.wake(l.tracker)
			l.tracker.Rested(now)
			l.rests = now
		}
		busy = cmp.Or(busy, why)
	}
	return busy
}

// goesOn says why a member does not rest: more can become of it before anything else happens.
func (w *World) goesOn(l *life, now time.Duration) string {
	if why := w.unsettled(l, now); why != "" {
		return why
	}
	if !l.tracker.Served() && w.shadow.Usable(l.member) && (w.unsure(l) || now-w.changed < w.patience()) {
		return l.member.Subject() + " may be served any moment"
	}
	return ""
}

// unsure says whether the law of a member allows it to be served and not to be.
func (w *World) unsure(l *life) bool {
	return w.shadow.Agrees(l.member, true) && w.shadow.Agrees(l.member, false)
}

// Rouse implements Resting.
func (w *World) Rouse() {
	now := w.clock.Now()
	for _, l := range w.lives {
		if l.rests > now {
			l.tracker.Rested(now)
			l.rests = now
		}
	}
	w.storage.rouse()
	w.changed = now
	w.paces.rouse()
}
