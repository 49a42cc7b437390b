package model

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// askSession is the longest time between two attempts to open a session that is not there: connection requests go
	// out 0, 1 and 3 s after an attempt has begun (TCP_TIMEOUT_INIT, doubled), and the next begins 5 s after it
	// (proto.DefaultCheck).
	askSession = 2 * time.Second
	// resendMost is the longest time between two repetitions of a segment while its session lives: it is repeated 0.2,
	// 0.6, 1.4, 3, 6.2 and 12.6 s after it was lost (TCP_RTO_MIN, doubled), and paths are given up within 10 s.
	resendMost = 6400 * time.Millisecond
	resendMin  = 200 * time.Millisecond
	// anew is how soon a session that broke is begun again (proto.Multipath, as iscsid does).
	anew = time.Second
)

// store is a datastore as its host uses it: sessions over several paths, by the rules of sim/proto.
//
//	ways, carriers ──> paths ──> proto.Multipath ──> which path ──> its controller ──> answers? ──> guests
type store struct {
	world   *World
	conf    *topology.Datastore
	volume  *volume
	machine *proto.Multipath
	paths   []*path
	guests  []*member

	cause     int
	using     int
	mode      proto.Mode
	answering bool
	again     func() // cancels the look that is planned for when a controller has the volume
	disturbed bool
}

// path is one path of a datastore and its session.
type path struct {
	store *store
	conf  topology.StoragePath
	index int
	way   *way

	gone    time.Duration // when its way went
	resumed bool          // its session carries requests: the way is there, and what was lost has been sent again
	reset   bool          // the array has forgotten it
	cancel  func()        // of what is planned
}

// house has a member live on a datastore.
func (w *World) house(m *member, d *topology.Datastore) error {
	s := w.stores[d]
	if s == nil {
		s = w.addStore(d)
	}
	if len(s.paths) == 0 {
		return fmt.Errorf("find a path from %s to %s: no network of it has an address at both", d, d.Volume)
	}
	s.guests = append(s.guests, m)
	m.reach = s
	return nil
}

// addStore makes a datastore whose sessions are all up.
func (w *World) addStore(d *topology.Datastore) *store {
	s := &store{
		world: w, conf: d, volume: w.volumes[d.Volume], machine: proto.NewMultipath(proto.MultipathConfOf(d)),
		again: func() {},
	}
	now := w.env.Loop.Now()
	for i, conf := range d.Routes() {
		p := &path{store: s, conf: conf, index: i, way: w.wayBetween(conf.From, conf.To), cancel: func() {}}
		p.resumed = p.way.there()
		p.way.travellers = append(p.way.travellers, p)
		s.paths = append(s.paths, p)
	}
	for range s.machine.Step(now) { // each path's first attempt to open its session
	}
	for i, p := range s.paths {
		if p.resumed {
			s.machine.Connected(now, i)
		}
		s.machine.Rest(i)
	}
	s.using, s.mode = s.machine.Using(), s.machine.Mode()
	w.stores[d] = s
	w.storing = append(w.storing, s)
	s.look(now)
	return s
}

// path is told that its way comes or goes.
func (p *path) path(usable bool, cause int) {
	now := p.store.world.env.Loop.Now()
	p.store.disturb(cause)
	p.cancel()
	p.cancel = func() {}
	switch {
	case !usable && p.resumed:
		p.resumed, p.gone = false, now
		p.store.machine.Heard(now-p.silence(), p.index)
	case usable:
		p.cancel = p.store.world.env.Loop.After(p.wait(now), func() { p.back(cause) })
	}
}

// silence is how long ago the path had answered when its way went: requests are answered all the time, the others only
// answer when they are asked.
func (p *path) silence() time.Duration {
	s := p.store
	if s.using == p.index || s.conf.RoundRobin {
		return 0
	}
	return time.Duration((1 - s.world.env.Phase) * float64(s.nop()))
}

// nop is how often a path that has nothing to say is asked.
func (s *store) nop() time.Duration {
	if s.conf.PathTimeout > 0 {
		return s.conf.PathTimeout / 2
	}
	return proto.DefaultNopInterval
}

// wait is how long after its way came back the path is of use: until what was lost is sent again, or a session asked for.
func (p *path) wait(now time.Duration) time.Duration {
	most := askSession
	if p.store.machine.Up(p.index) {
		most = min(now-p.gone+resendMin, resendMost)
	}
	return time.Duration(p.store.world.env.Phase * float64(most))
}

// back is the moment when the path is of use again. An array that lost its power knows nothing of the session: it says
// so when it is asked, and the next attempt opens another.
func (p *path) back(cause int) {
	s := p.store
	if p.reset && s.machine.Up(p.index) {
		s.machine.Lost(s.world.env.Loop.Now(), p.index)
		p.cancel = s.world.env.Loop.After(anew, func() { p.back(cause) })
	} else {
		p.resumed = true
	}
	p.reset = false
	s.disturb(cause)
	s.world.settle()
}

// powerLost tells the datastores of an array that it knows nothing of their sessions any more.
func (s *store) powerLost(n *topology.Node) {
	for _, p := range s.paths {
		p.reset = p.reset || n == s.conf.Volume.Array
	}
}

// disturb has the datastore looked at before the present instant is over.
func (s *store) disturb(cause int) {
	s.disturbed = true
	s.cause = max(s.cause, cause)
}

// stepStores steps the datastores that are due or were disturbed.
func (w *World) stepStores(now time.Duration) {
	for _, s := range w.storing {
		if s.disturbed || s.next() <= now {
			s.disturbed = false
			s.step(now)
			s.look(now)
		}
	}
}

// step brings carriers and sessions up to date, and does what is due. Attempts over a way that is not there are in vain,
// and a session over one that is there is never given up: neither needs the machine's time.
func (s *store) step(now time.Duration) {
	for i, p := range s.paths {
		s.machine.Carrier(now, i, s.world.litAt(p.conf.From))
		switch {
		case p.resumed && s.machine.Up(i):
			s.machine.Heard(now, i)
		case p.resumed && s.world.litAt(p.conf.From):
			s.connect(now, i)
		}
	}
	s.machine.Step(now)
	for i, p := range s.paths {
		if p.resumed || !s.machine.Up(i) {
			s.machine.Rest(i)
		}
	}
}

// connect opens a session.
func (s *store) connect(now time.Duration, path int) {
	s.machine.Wake(now, path)
	s.machine.Step(now)
	s.machine.Connected(now, path)
}

// next is when the machine wants to be stepped.
func (s *store) next() time.Duration { return s.machine.Next() }

// look works out whether requests are answered, and tells those who made them.
func (s *store) look(now time.Duration) {
	using, mode := s.machine.Using(), s.machine.Mode()
	if using != s.using || mode != s.mode {
		s.using, s.mode = using, mode
		s.say()
	}
	answering := s.answers(now)
	refusing := mode == proto.Failing || s.volume.gone && answering
	for _, g := range s.guests {
		s.tell(g, answering && !refusing, refusing)
	}
	s.answering = answering && !refusing
}

func (s *store) tell(g *member, answering, refusing bool) {
	g.cause = max(g.cause, s.cause)
	guest, _ := g.machine.(sim.Guest)
	switch {
	case refusing && guest != nil:
		g.usable = false
		guest.Refused()
	case answering != g.usable:
		g.path(answering, g.cause)
	}
	g.loads()
	g.seen()
}

// answers says whether a request over the path that is used gets an answer.
func (s *store) answers(now time.Duration) bool {
	s.again()
	s.again = func() {}
	if s.mode != proto.Serving || s.using == proto.None {
		return false
	}
	for i, p := range s.paths {
		if (i == s.using || s.conf.RoundRobin && s.machine.InUse(i)) && !p.resumed {
			return false
		}
	}
	switch wait := s.volume.machine.Ask(now, s.paths[s.using].conf.Controller); {
	case wait == proto.Never:
		return false
	case wait > 0:
		s.again = s.world.env.Loop.After(wait, func() {
			s.disturb(s.cause)
			s.world.settle()
		})
		return false
	}
	return true
}

// say writes down which path is used.
func (s *store) say() {
	d := sim.PathsData{Mode: s.mode.String()}
	if s.using != proto.None {
		d.Using = s.paths[s.using].conf.Name
	}
	s.cause = s.world.note(s.cause, s.conf.String(), d)
}

// there and whole say whether requests are answered.
func (s *store) there() bool { return s.answering }
func (s *store) whole() bool { return s.answering }

// openAt is false: a datastore answers, or it does not.
func (s *store) openAt(time.Duration) bool { return false }

// pending says whether time alone will change which path is used, or whether it answers.
func (s *store) pending() bool { return s.next() != proto.Never }

// litAt says whether an interface has a carrier.
func (w *World) litAt(i *topology.Interface) bool {
	door := w.door(i)
	return door != nil && w.carrier[w.number(door)]
}
