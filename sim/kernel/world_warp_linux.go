package kernel

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// patience is how long measurement and prediction may differ before that is a finding: no law has a phase as long as
// this (the longest is TCP's backoff after a short outage, RFC 6298; chosen).
const patience = 15 * time.Second

// patience is longer in a plant whose protocols are slower than that.
func (w *World) patience() time.Duration { return patience + w.shadow.Uncertain() }

// Unsettled implements Warp: it names the first member of which more is to come. It looks at all of them, so that those
// of which it comes in vain lose patience together and not one after another.
func (w *World) Unsettled() string {
	now := w.clock.Now()
	for _, l := range w.lives {
		l.tracker.Expire(now)
	}
	if w.cond.native && w.shadow.Pending() || w.shadow.Growing() {
		return "a timer of the kernel's"
	}
	if why := w.unheard(); why != "" {
		return why
	}
	first := w.storage.unsettled()
	for _, l := range w.lives {
		if why := w.unsettled(l, now); first == "" {
			first = why
		}
	}
	return first
}

// unheard names a bond that has not heard of a carrier. After patience it is written down instead: it never will.
func (w *World) unheard() string {
	why := w.bonds.unheard()
	real := time.Since(w.clock.base)
	switch {
	case why == "":
		w.deaf = 0
	case w.deaf == 0:
		w.deaf = real
	case real-w.deaf >= patience && w.clock.Now() >= 0:
		if w.deafTo != why {
			w.deafTo = why
			w.env.Log.Add(w.cause, "", sim.UnprovenData{Missing: why})
		}
		return ""
	}
	return why
}

// lawlessRest is how long a run goes on after the last change of the network, or of a daemon's routes, where no law says
// when daemons are done: three times BGP's usual hold time of 90 s (RFC 4271 section 10), and as much until it connects anew.
const lawlessRest = 9 * time.Minute

func (w *World) unsettled(l *life, now time.Duration) string {
	if l.tracker.Untold() { // after a jump it would be written down at the wrong time, and what waits for it come too late
		return "what became of " + l.member.Subject() + " is not in the log yet"
	}
	if why := w.unsettledGuest(l); why != "" {
		return why
	}
	measured, predicted := l.tracker.Served(), w.shadow.Served(l.member)
	agrees := w.shadow.Agrees(l.member, measured)
	if w.shadow.Lawless() != "" {
		if now >= 0 && now-w.changed < lawlessRest {
			return "nobody can say what the daemons still do"
		}
		agrees, predicted = true, measured
	}
	if !agrees || predicted && !measured { // where the law leaves it open, the run does not end before it is served
		return w.disagree(l, measured, agrees)
	}
	l.disagrees, l.told = 0, false
	if !measured && w.shadow.Open(l.member) {
		return l.member.Subject() + " is looked for where it was" // by timers of the kernel's, which do not jump
	}
	if !l.tracker.ResolvedSince(max(w.changed, l.changed), now) {
		return l.member.Subject() + " has not been asked since the last change"
	}
	if now >= 0 && w.shadow.Odds(l.member) != (sim.Odds{}) && now-max(0, l.drawn) < sim.SampleChance && w.shadow.Usable(l.member) {
		return "chance has not had its say on " + l.member.Subject() + " yet"
	}
	if errand, ok := l.member.Talk.(sim.Errand); ok && errand.Due(now) && w.shadow.Usable(l.member) {
		return l.member.Subject() + " has something to do that was put off"
	}
	return ""
}

// disagree says that a member is waited for. After patience it is written down instead, unless the law allows it.
func (w *World) disagree(l *life, measured, allowed bool) string {
	predicted, real := !measured, time.Since(w.clock.base)
	if l.disagrees == 0 || l.foretold != predicted { // a plant that was slow to build leaves nobody less patient
		l.disagrees, l.foretold = real, predicted
	}
	if real-l.disagrees < w.patience() || w.clock.Now() < 0 { // until the steady state, the run is patient for us
		return fmt.Sprintf("%s is measured %s and predicted %s", l.member.Subject(), served(measured), served(predicted))
	}
	if !l.told && !allowed {
		l.told = true
		w.env.Log.Add(w.cause, l.member.Subject(), sim.DisagreeData{Predicted: served(predicted), Measured: served(measured)})
	}
	return ""
}

func served(on bool) string {
	if on {
		return "served"
	}
	return "not served"
}

// InFlight implements Warp.
func (w *World) InFlight() int {
	n := 0
	for _, l := range w.lives {
		if w.shadow.Usable(l.member) {
			n += l.tracker.InFlight()
		}
	}
	return n
}

// RunUp implements Warp. What people and machines do changes no network, and finds everybody as the jump did.
func (w *World) RunUp(event time.Duration) time.Duration {
	if w.env.Loop.Quiet(event + runUp) {
		return 0
	}
	return runUp
}

const (
	// bridgeForgets is how long a bridge remembers a silent machine: the plant's own setting.
	bridgeForgets = 300 * time.Second
	// neighbourForgets is how long the kernel keeps a neighbour that nobody asks for (gc_stale_time, arp(7)).
	neighbourForgets = 60 * time.Second
)

// Forget implements Warp. A jump to the beginning of the timeline is none that anything ages over.
func (w *World) Forget(ahead time.Duration) {
	if w.clock.Now() >= 0 && ahead >= neighbourForgets {
		w.fail(w.cond.forget(ahead >= bridgeForgets))
	}
}

// Jumped implements Warp. What held before a jump holds after it: nothing has happened in between. So nobody need be asked
// anew, and a row of events that touch no network takes no longer than they do.
func (w *World) Jumped(from, to time.Duration) {
	for _, l := range w.lives {
		l.tracker.Jumped(from, to)
	}
	w.storage.jumped()
	if from >= 0 { // to the beginning of the timeline: no time has passed
		w.env.Log.Add(0, "", sim.JumpData{From: sim.Seconds(from), To: sim.Seconds(to)})
	}
}
