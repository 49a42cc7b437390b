package kernel

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
)

// guestsOnly says whether a change is about virtual machines alone, so that nobody else need be asked after it.
func guestsOnly(levels []sim.Level) bool {
	for _, l := range levels {
		if _, ok := l.(sim.GuestPower); !ok {
			return false
		}
	}
	return true
}

// powerGuests tells virtual machines what their hosts were ordered to do. Whoever is served after it is to be asked
// again; for the others, what was measured before shows whether they are not served any more.
func (w *World) powerGuests(levels []sim.Level) {
	for _, l := range levels {
		p, ok := l.(sim.GuestPower)
		if !ok {
			continue
		}
		for _, life := range w.livesOf(p.Guest) {
			if w.shadow.Served(life.member) {
				life.changed = w.clock.Now()
			}
			if life.guest != nil {
				life.guest.Power(w.env.Loop.Now(), p)
				w.stepGuest(life)
			}
		}
	}
}

// livesOf lists the life of a member, and those of whoever watches it or is served by it.
func (w *World) livesOf(m *sim.Member) []*life {
	var all []*life
	for _, l := range w.lives {
		client, ok := l.member.Talk.(sim.Client)
		if l.member.Workload == m.Workload && l.member.Index == m.Index || ok && client.Server() == m.Talk {
			all = append(all, l)
		}
	}
	return all
}

// stepGuest has a virtual machine do what is due, and the loop come back when more is.
func (w *World) stepGuest(l *life) {
	l.stale.Store(false)
	l.cancelStep()
	l.cancelStep = func() {}
	if next := l.guest.Step(w.env.Loop.Now()); next != proto.Never {
		l.cancelStep = w.env.Loop.Quietly(next, func() { w.stepGuest(l) })
	}
}

// unsettledGuest names a virtual machine of which more is to come: it is about to hear from its disk, by what is predicted or
// as it has just heard from it before the law would have it; or the loop has not heard what it wants next.
func (w *World) unsettledGuest(l *life) string {
	switch {
	case l.guest == nil:
		return ""
	case l.stale.Load():
		return "what " + l.member.Subject() + " does next is not known yet"
	case l.guest.Asking() && (w.shadow.Usable(l.member) || l.guest.Answered()):
		return l.member.Subject() + " waits for its disk"
	}
	return ""
}
