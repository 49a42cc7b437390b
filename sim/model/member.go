package model

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// reach is how a member gets to what it talks to: a way, or a datastore. There says whether it may be used, whole whether
// nothing but time stands in between.
type reach interface {
	there() bool
	whole() bool
	openAt(now time.Duration) bool // it is left open then whether it may be used
}

// member is a member's life as predicted. It is what the member's machine sees of the world (sim.Viewer).
type member struct {
	world   *World
	member  *sim.Member
	reach   reach
	machine sim.Machine
	watched *member   // the virtual machine that it looks at from outside, or is served by; nil for a member itself
	client  bool      // it is served by it
	watches []*member // who looks at it, or is served by it
	usable  bool      // there is a way, or a disk that answers
	heard   bool      // somebody was at the end of it when it last looked
	told    bool      // what its machine was told of both

	begun, served bool
	since         time.Duration // of the latest change
	cause         int           // what changed its way last
	reconnects    int
	chance        chance
	stopped       bool
}

// path tells the machine that the way came or went, and why.
func (m *member) path(usable bool, cause int) {
	if m.stopped {
		return
	}
	m.cause, m.usable, m.heard = cause, usable, m.answered()
	m.told = usable && m.heard
	m.machine.Path(m.told)
}

// answered says whether there is somebody at the end of its way: a virtual machine may be off, and what it serves from
// its disk wait for that.
func (m *member) answered() bool {
	if m.watched == nil {
		return true
	}
	guest, ok := m.watched.machine.(sim.Guest)
	switch {
	case !ok:
		return true
	case m.client:
		return guest.Works() && m.watched.usable
	}
	return guest.Answers()
}

// see tells whoever looks at a virtual machine, or is served by it, that it has changed.
func (m *member) see(cause int) {
	heard := m.answered()
	if reader, ok := m.machine.(sim.Reader); ok && heard && !m.heard {
		reader.Read(m.watched.machine.(sim.Guest).Damaged())
	}
	if m.heard = heard; m.told != (m.usable && heard) {
		m.path(m.usable, cause)
	}
}

// seen has everybody look who looks at it.
func (m *member) seen() {
	for _, watch := range m.watches {
		watch.see(m.cause)
	}
}

// Now is the present scenario time.
func (m *member) Now() time.Duration { return m.world.env.Loop.Now() }

// After has f called later, unless the member has been stopped by then.
func (m *member) After(d time.Duration, f func()) (cancel func()) {
	at := m.world.env.Loop.At
	if _, ok := m.member.Talk.(sim.Resident); ok { // what a machine does by itself changes no network
		at = m.world.env.Loop.Quietly
	}
	return at(m.Now()+d, func() {
		if !m.stopped {
			f()
		}
	})
}

// Phase is that of the run.
func (m *member) Phase() float64 { return m.world.env.Phase }

// powerLost tells a machine that minds that one of its ends has lost power.
func (m *member) powerLost(end *topology.Node, cause int) {
	flow := m.member.Talk.Flow()
	if mortal, ok := m.machine.(sim.Mortal); ok && !m.stopped && (end == flow.From || end == flow.To) {
		m.cause = cause
		mortal.PowerLost(end)
	}
}

// Served writes down what the user sees from now on.
func (m *member) Served(on bool) { m.serve(on, m.Now()) }

// Unserved writes down that the user has not been served for some time.
func (m *member) Unserved(since time.Duration) { m.serve(false, since) }

func (m *member) serve(on bool, since time.Duration) {
	if on == m.served || m.stopped {
		return
	}
	m.say(on, since)
	m.served, m.begun, m.since = on, true, since
	if m.world.opts.OnServed != nil {
		m.world.opts.OnServed(m.member, on)
	}
}

func (m *member) say(on bool, since time.Duration) {
	now := sim.Seconds(m.Now())
	switch {
	case !on:
		m.world.note(m.cause, m.member.Subject(), sim.DownData{Since: sim.Seconds(since)})
	case m.begun:
		m.world.note(m.cause, m.member.Subject(), sim.UpData{From: sim.Seconds(m.since), To: now})
	default:
		m.world.note(m.cause, m.member.Subject(), sim.UpData{From: now, To: now})
	}
}

// Reconnected writes down that the connection was lost and made anew.
func (m *member) Reconnected() {
	if m.stopped {
		return
	}
	m.reconnects++
	m.world.note(m.cause, m.member.Subject(), sim.ReconnectData{})
}

// Note writes something down of the member. Those who watch a virtual machine look again when its state has changed.
func (m *member) Note(d sim.Data) {
	if m.stopped {
		return
	}
	m.world.note(m.cause, m.member.Subject(), d)
	if _, guest := d.(sim.GuestData); guest {
		m.loads()
		m.seen()
	}
}

func (m *member) stop() {
	if m.stopped {
		return
	}
	m.tellOdds()
	m.stopped = true
	stats := sim.StatsData{Reconnects: m.reconnects}
	if f, ok := m.machine.(sim.Figured); ok {
		stats.Figures = f.Figures()
	}
	m.world.note(0, m.member.Subject(), stats)
}
