package sim

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Scope is what a fault does its harm through. Every verb is undone when the
// scope is released, last thing first: a fault never undoes anything itself.
// Verbs called inside Together act at one instant.
type Scope struct {
	Plant *topology.Plant
	// Rand is this entry's own stream of dice: other entries do not shift it.
	Rand *rand.Rand
	// Lasts is the entry's own `for:`; zero when it has none.
	Lasts time.Duration
	// Start is the date of scenario time 0; the zero time where the scenario names none.
	Start time.Time

	hw       *Hardware
	loop     *Loop
	cause    int
	undo     []func()
	released bool
	onIdle   func()
	pending  int
	parent   *Scope
}

// Cause is the event that this scope's effects are put down to.
func (s *Scope) Cause() int { return s.cause }

// PowerOff takes the power from nodes. When nothing keeps it away any more, each boots by its profile.
func (s *Scope) PowerOff(nodes ...*topology.Node) {
	var wants []Level
	for _, n := range nodes {
		s.effect(&s.hw.device(n).powerOff)
		wants = append(wants, Stage{n, topology.Off})
	}
	s.act(wants)
}

// DefaultOff is how long a rebooting node is without power where neither the fault nor its boot profile says. Chosen:
// a person or a switched outlet needs some seconds, and with minutes of boot to follow it hardly matters.
const DefaultOff = 5 * time.Second

// Reboot takes the power from a node and gives it back after off; without one after what its boot profile says, or
// DefaultOff. The fault goes on until the node is in service again.
func (s *Scope) Reboot(n *topology.Node, off time.Duration) {
	power := s.Sub()
	power.PowerOff(n)
	s.After(cmp.Or(off, n.Boot.Off, DefaultOff), power.Release)
	s.UntilForwarding(n)
}

// FeedOff takes a power feed away; nodes that have no other live feed lose power.
func (s *Scope) FeedOff(feed string) {
	s.effect(s.hw.feed(feed))
	s.hw.apply(s.cause)
}

// Unplug takes the carrier from both ends of links, as a pulled cable or a shut port does.
func (s *Scope) Unplug(links ...*topology.Link) {
	var wants []Level
	for _, l := range links {
		s.because(&s.hw.cable(l).pulls, &reason{})
		wants = append(wants, Carrier{l.A, false}, Carrier{l.B, false})
	}
	s.act(wants)
}

// ShutPorts shuts ports at their own nodes, as a change of configuration does. It outlives this scope, unless the entry says
// how long it lasts: a configuration stays until it is rolled back or somebody opens the ports.
func (s *Scope) ShutPorts(ports ...*topology.Port) {
	owner := s
	if s.Lasts == 0 {
		owner = s.root()
	}
	for _, p := range ports {
		owner.because(&s.hw.socket(p).shut, &reason{change: true})
	}
	s.hw.apply(s.cause)
}

// RollBack gives a node the configuration back that it had before all changes.
func (s *Scope) RollBack(n *topology.Node) { s.hw.rollBack(n, s.cause) }

// root is the scope of the whole run.
func (s *Scope) root() *Scope {
	for s.parent != nil {
		s = s.parent
	}
	return s
}

// KillOptic makes the transceivers in ports dead. With latent they work until a node at either end of their link next
// loses power, and do not come back then. With seat they work again once somebody takes them out and puts them back.
func (s *Scope) KillOptic(latent, seat bool, ports ...*topology.Port) {
	for _, p := range ports {
		s.optic(p, &opticFault{latent: latent, seat: seat, cause: s.cause})
	}
	s.hw.apply(s.cause)
}

// Darken loses every frame that leaves the ports; carriers stay.
func (s *Scope) Darken(ports ...*topology.Port) {
	var wants []Level
	for _, p := range ports {
		s.effect(&s.hw.socket(p).dark)
		wants = append(wants, Dark{p, true})
	}
	s.act(wants)
}

// Impair does something to frames that leave the ports, on top of what their links and other faults do.
func (s *Scope) Impair(i topology.Impairment, ports ...*topology.Port) {
	for _, p := range ports {
		sock := s.hw.socket(p)
		own := &i
		sock.impairments = append(sock.impairments, own)
		s.undo = append(s.undo, func() {
			sock.impairments = slices.DeleteFunc(sock.impairments, func(x *topology.Impairment) bool { return x == own })
		})
	}
	s.hw.apply(s.cause)
}

// Refuse makes every node of at lose all that comes from every node of from.
func (s *Scope) Refuse(at, from []*topology.Node) {
	var wants []Level
	for _, a := range at {
		for _, f := range from {
			s.effect(s.hw.refusal(a, f))
			wants = append(wants, Refuse{a, f, true})
		}
	}
	s.act(wants)
}

// ErrDisable shuts a link as its switch does after too many flaps. It outlives this scope: only somebody who acts, or
// the end of the run, brings the link back.
func (s *Scope) ErrDisable(l *topology.Link, flaps int) {
	if s.hw.cable(l).errDisabled > 0 {
		return
	}
	s.root().effect(&s.hw.cable(l).errDisabled)
	s.hw.env.Log.Add(s.cause, l.ID, ErrDisableData{Flaps: flaps})
	s.hw.apply(s.cause)
}

// Together makes all that f does act at one instant.
func (s *Scope) Together(f func()) {
	s.hw.hold++
	f()
	s.hw.hold--
	s.hw.apply(s.cause)
}

// After has f called later in scenario time, unless the scope is released first.
func (s *Scope) After(d time.Duration, f func()) {
	s.begin()
	cancel := s.loop.After(d, func() {
		f()
		s.end()
	})
	s.undo = append(s.undo, func() { cancel() })
}

// UntilForwarding keeps the fault going on until all the nodes are in service. Called right after their power was taken
// it makes a reboot end when the device serves again, not when its power is back.
func (s *Scope) UntilForwarding(nodes ...*topology.Node) {
	s.begin()
	done := s.hw.await(nodes, s.end)
	s.undo = append(s.undo, done)
}

// WhenForwarding has f called once all the nodes are in service, unless the scope is released first. The fault goes on
// until then.
func (s *Scope) WhenForwarding(f func(), nodes ...*topology.Node) {
	s.begin()
	cancel := s.hw.await(nodes, func() {
		f()
		s.end()
	})
	s.undo = append(s.undo, cancel)
	s.hw.wake()
}

// InService says whether a node forwards.
func (s *Scope) InService(n *topology.Node) bool { return s.hw.Stage(n) == topology.Forwarding }

// Now is the present scenario time.
func (s *Scope) Now() time.Duration { return s.loop.Now() }

// Observe has f called with every event of the log from now on, until the scope is released.
func (s *Scope) Observe(f func(Event)) {
	s.hw.env.Log.Listen(func(e Event) {
		if !s.released {
			f(e)
		}
	})
}

// Note writes down what came of this fault, beside what its verbs do.
func (s *Scope) Note(subject string, d Data) { s.hw.env.Log.Add(s.cause, subject, d) }

// begin and end count what the scope still has to do, so that a fault that has run its course is seen to have.
func (s *Scope) begin() { s.pending++ }

func (s *Scope) end() {
	s.pending--
	if s.pending == 0 && s.onIdle != nil {
		s.onIdle()
	}
}

// Sub makes a scope inside this one that can be released by itself.
func (s *Scope) Sub() *Scope {
	sub := &Scope{Plant: s.Plant, Rand: s.Rand, Lasts: s.Lasts, Start: s.Start, hw: s.hw, loop: s.loop, cause: s.cause, parent: s}
	s.undo = append(s.undo, sub.Release)
	return sub
}

// Release undoes everything, last thing first, at one instant. Releasing twice does nothing.
func (s *Scope) Release() {
	if s.released {
		return
	}
	s.released = true
	s.hw.hold++
	for i := len(s.undo) - 1; i >= 0; i-- {
		s.undo[i]()
	}
	s.undo = nil
	s.hw.hold--
	s.hw.apply(s.cause)
}

// act brings about what a verb has counted. Where all that it wants is so already, through other faults, the world looks
// at it all the same: without that, a fault that others hide would leave no trace of having begun.
func (s *Scope) act(wants []Level) {
	hidden := all(wants, s.hw.holds)
	s.hw.apply(s.cause)
	if hidden && s.hw.err == nil {
		s.hw.witness(s.cause, wants)
	}
}

// effect counts one more cause of something, and its removal as the undo. Counting is what lets faults overlap and
// end in any order.
func (s *Scope) effect(count *int) {
	*count++
	s.undo = append(s.undo, func() { *count-- })
}

// because adds a reason to others. Somebody may take it away before this scope is released.
func (s *Scope) because(all *[]*reason, one *reason) {
	*all = append(*all, one)
	s.undo = append(s.undo, func() {
		*all = slices.DeleteFunc(*all, func(x *reason) bool { return x == one })
	})
}

func (s *Scope) optic(p *topology.Port, o *opticFault) {
	sock := s.hw.socket(p)
	sock.optics = append(sock.optics, o)
	s.undo = append(s.undo, func() { sock.removeOptic(o) })
	state := "dead"
	if o.latent {
		state = "latent"
	}
	s.hw.env.Log.Add(s.cause, p.String(), OpticData{State: state})
	if s.hw.lightless(p.Node) || s.hw.lightless(p.Peer().Node) {
		s.hw.reveal(p) // its link has to come up anew as it is
	}
}
