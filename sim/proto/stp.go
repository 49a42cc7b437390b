package proto

import (
	"cmp"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// STP is the spanning tree of one network, as IEEE 802.1D-1998 clause 8 has it and Linux does it (net/bridge/br_stp.c):
// the bridges send each other what they know of the root, a port that hears of a better way than its own is blocked, and
// one that is to forward listens and learns first, for a forward delay each.
//
//	carrier lost at a bridge that hears of the root elsewhere   2 forward delays (30 s)
//	carrier lost at a bridge whose neighbour blocks its only    what is left of max age, then 2 forward delays (48 to
//	other way, having heard better from it a moment ago         50 s)
//
// Messages take no time here. Between two changes every root sends on and on, which changes nothing: then the machine
// rests, and how long ago the last message was is what nobody knows (its phase).
type STP struct {
	conf    topology.STP
	phase   float64
	bridges []*stpBridge
	passes  func(from STPPort) bool
	resting bool
	queue   []stpMessage
}

// STPPort is a port of a bridge, each by its place.
type STPPort struct{ Bridge, Port int }

// STPBridge is a bridge as it is plugged together with others.
type STPBridge struct {
	Priority int
	// Ports are where each port leads, and what it costs to go there (IEEE 802.1D table 8-5).
	Ports []STPPath
}

// STPPath is what is behind a port.
type STPPath struct {
	To   STPPort
	Cost int
}

// portState is how far a port has come.
type portState int

const (
	disabled portState = iota
	blocking
	listening
	learning
	forwarding
)

// stpVector is what a message says of the root: less is better, from front to back.
type stpVector struct {
	root, cost, bridge, port int
}

func (v stpVector) compare(o stpVector) int {
	return cmp.Or(cmp.Compare(v.root, o.root), cmp.Compare(v.cost, o.cost), cmp.Compare(v.bridge, o.bridge), cmp.Compare(v.port, o.port))
}

type stpMessage struct {
	to      STPPort
	vector  stpVector
	expires time.Duration // of what it says, if it is not said again
}

type stpBridge struct {
	id       int // less is better; unique
	on       bool
	root     int
	cost     int
	rootPort int // None: it is the root itself
	hello    time.Duration
	ports    []*stpPort
}

type stpPort struct {
	STPPath
	state      portState
	designated stpVector
	expires    time.Duration // of what it has heard; Never for what it says itself
	moves      time.Duration // to the next state
	held       time.Duration // it may not send before
	pending    bool          // it is to send once it may
}

// tickRates are the rates at which the kernels in use count time: the capsule's; Debian's; Fedora's and Ubuntu's.
var tickRates = []time.Duration{100, 250, 1000}

// lateness is how late a timer of Linux's may be, whichever of tickRates its kernel has: those of less than 63 ticks are in
// time, and from there on they are counted in steps that grow eightfold whenever the time does (kernel/time/timer.c).
//
//	forward delay, 15 s    0.64 s (at 100 Hz)
//	max age, 20 s          2.05 s (at 250 Hz)
func lateness(d time.Duration) time.Duration {
	most := time.Duration(0)
	for _, rate := range tickRates {
		step := time.Second / rate
		for d >= 63*step {
			step *= 8
		}
		most = max(most, step)
	}
	return most
}

// holdTime is the least time between two messages of a port (IEEE 802.1D table 8-3).
const holdTime = time.Second

// NewSTP makes a tree that has long grown: all bridges are in service, all ports have a carrier. Passes says whether what
// a port sends is received at its other end. Phase is how much of a hello has passed since the last message: at 0 all of
// it, so that what is lost is missed at the earliest, at 1 nothing; and timers are in time at 0, and as late as Linux's
// are at 1.
func NewSTP(conf topology.STP, bridges []STPBridge, passes func(from STPPort) bool, phase float64) *STP {
	s := &STP{conf: conf, phase: phase, passes: passes}
	for i, b := range bridges {
		made := &stpBridge{id: b.Priority*len(bridges) + i, rootPort: None, hello: Never}
		for _, p := range b.Ports {
			made.ports = append(made.ports, &stpPort{STPPath: p, expires: Never, moves: Never, held: -Never})
		}
		s.bridges = append(s.bridges, made)
	}
	start := -time.Hour
	for i := range s.bridges {
		s.Serve(start, i, true)
		for p := range s.bridges[i].ports {
			s.Link(start, STPPort{i, p}, true)
		}
	}
	for s.Next() != Never {
		s.Step(s.Next())
	}
	return s
}

// Serve tells that a bridge is in service from now on, or no longer. Then none of its ports has a carrier that it knows of.
func (s *STP) Serve(now time.Duration, bridge int, on bool) {
	b := s.bridges[bridge]
	if b.on == on {
		return
	}
	s.wake(now)
	b.on = on
	if !on {
		for i := range b.ports {
			s.disable(now, bridge, i)
		}
		b.hello = Never
		return
	}
	b.root, b.cost, b.rootPort, b.hello = b.id, 0, None, now+s.conf.Hello
	s.deliver(now)
}

// Link tells that a port has a carrier, or has lost it.
func (s *STP) Link(now time.Duration, at STPPort, up bool) {
	b := s.bridges[at.Bridge]
	p := b.ports[at.Port]
	switch {
	case !b.on || up == (p.state != disabled):
		return
	case up:
		s.wake(now)
		p.state = blocking
		b.claim(at.Port)
		s.choose(now, at.Bridge)
	default:
		s.wake(now)
		s.disable(now, at.Bridge, at.Port)
	}
	s.deliver(now)
}

// Stir tells that messages may pass where they did not, or the other way round.
func (s *STP) Stir(now time.Duration) { s.wake(now) }

// Forwards says whether a port passes frames on.
func (s *STP) Forwards(at STPPort) bool {
	return s.bridges[at.Bridge].ports[at.Port].state == forwarding
}

// Pending says whether time alone will change what is forwarded.
func (s *STP) Pending() bool { return !s.resting }

// Next is when the tree wants to be stepped; Never while it rests.
func (s *STP) Next() time.Duration {
	if s.resting {
		return Never
	}
	next := Never
	for _, b := range s.bridges {
		next = min(next, b.hello)
		for _, p := range b.ports {
			next = min(next, p.expires, p.moves)
			if p.pending {
				next = min(next, p.held)
			}
		}
	}
	return next
}

// Step does what is due, and says whether any port forwards that did not, or no longer does.
func (s *STP) Step(now time.Duration) (changed bool) {
	before := s.state()
	for i, b := range s.bridges {
		if b.hello <= now {
			b.hello += s.conf.Hello
			s.generate(now, i)
		}
		for j, p := range b.ports {
			s.stepPort(now, STPPort{i, j}, p)
		}
	}
	s.deliver(now)
	s.resting = s.settled()
	return !slices.Equal(before, s.state())
}

func (s *STP) stepPort(now time.Duration, at STPPort, p *stpPort) {
	if p.expires <= now {
		s.expire(now, at)
	}
	if p.moves <= now {
		p.state++
		if p.moves = Never; p.state < forwarding {
			p.moves = s.after(now, s.conf.ForwardDelay)
		}
	}
	if p.pending && p.held <= now {
		s.transmit(now, at)
	}
}

func (s *STP) state() []bool {
	var all []bool
	for _, b := range s.bridges {
		for _, p := range b.ports {
			all = append(all, p.state == forwarding)
		}
	}
	return all
}

// settled says whether going on would change nothing: nobody waits, and what every port has heard is said again by the
// one that it has it from.
func (s *STP) settled() bool {
	for i, b := range s.bridges {
		for j, p := range b.ports {
			if p.moves != Never || p.pending {
				return false
			}
			if p.state != disabled && (p.designated.bridge != b.id && !s.heardAgain(p) || s.hearsBetter(STPPort{i, j})) {
				return false
			}
		}
	}
	return true
}

// heardAgain says whether the port at the other end still says what this one has heard.
func (s *STP) heardAgain(p *stpPort) bool {
	far := s.bridges[p.To.Bridge]
	q := far.ports[p.To.Port]
	return far.on && q.state != disabled && q.designated == p.designated && q.designated.bridge == far.id && s.passes(p.To)
}

// hearsBetter says whether a designated port would hear something better with the next message from its other end.
func (s *STP) hearsBetter(at STPPort) bool {
	p := s.bridges[at.Bridge].ports[at.Port]
	far := s.bridges[p.To.Bridge]
	q := far.ports[p.To.Port]
	return far.on && q.state != disabled && q.designated.bridge == far.id && s.passes(p.To) && q.designated.compare(p.designated) < 0
}

// wake begins to count again after a rest: the last messages went out as much of a hello ago as the phase says.
func (s *STP) wake(now time.Duration) {
	if !s.resting {
		return
	}
	s.resting = false
	last := now - time.Duration((1-s.phase)*float64(s.conf.Hello))
	for _, b := range s.bridges {
		if b.hello = Never; b.on && b.rootPort == None {
			b.hello = last + s.conf.Hello
		}
		for _, p := range b.ports {
			if p.expires != Never {
				p.expires = s.after(last, s.conf.MaxAge)
			}
		}
	}
}

// after is when a timer that is set now runs out.
func (s *STP) after(now, d time.Duration) time.Duration {
	return now + d + time.Duration(s.phase*float64(lateness(d)))
}

// claim makes a port say that the way to the root is by its own bridge.
func (b *stpBridge) claim(port int) {
	p := b.ports[port]
	p.designated = stpVector{b.root, b.cost, b.id, port}
	p.expires = Never
}

func (s *STP) disable(now time.Duration, bridge, port int) {
	b := s.bridges[bridge]
	wasRoot := b.rootPort == None
	b.claim(port)
	p := b.ports[port]
	p.state, p.moves, p.pending = disabled, Never, false
	s.choose(now, bridge)
	s.becomeRoot(now, bridge, wasRoot)
}

// expire is what a port has heard being too old.
func (s *STP) expire(now time.Duration, at STPPort) {
	b := s.bridges[at.Bridge]
	wasRoot := b.rootPort == None
	b.claim(at.Port)
	s.choose(now, at.Bridge)
	s.becomeRoot(now, at.Bridge, wasRoot)
}

// becomeRoot has a bridge that has lost its root say so at once, and every hello.
func (s *STP) becomeRoot(now time.Duration, bridge int, wasRoot bool) {
	if b := s.bridges[bridge]; b.on && b.rootPort == None && !wasRoot {
		b.hello = now + s.conf.Hello
		s.generate(now, bridge)
	}
}

// choose works out the root, the ports that lead away from it, and what each port is to do.
func (s *STP) choose(now time.Duration, bridge int) {
	b := s.bridges[bridge]
	b.selectRoot()
	for i, p := range b.ports {
		if p.state != disabled && b.leads(i) {
			b.claim(i)
		}
	}
	for i, p := range b.ports {
		switch {
		case p.state == disabled:
		case i != b.rootPort && p.designated.bridge != b.id:
			p.state, p.moves, p.pending = blocking, Never, false
		case p.state == blocking:
			p.state, p.moves = listening, s.after(now, s.conf.ForwardDelay)
		}
	}
}

func (b *stpBridge) selectRoot() {
	b.rootPort, b.root, b.cost = None, b.id, 0
	best := stpVector{}
	for i, p := range b.ports {
		if p.state == disabled || p.designated.bridge == b.id || p.designated.root >= b.id {
			continue
		}
		v := p.designated
		v.cost += p.Cost
		if b.rootPort == None || v.compare(best) < 0 {
			b.rootPort, best = i, v
		}
	}
	if b.rootPort != None {
		b.root, b.cost = best.root, best.cost
	}
}

// leads says whether the way to the root, for all behind a port, is by this bridge.
func (b *stpBridge) leads(port int) bool {
	p := b.ports[port]
	if p.designated.bridge == b.id || p.designated.root != b.root {
		return true
	}
	return stpVector{b.root, b.cost, b.id, port}.compare(p.designated) < 0
}

// generate has a bridge speak by every port that leads away from the root.
func (s *STP) generate(now time.Duration, bridge int) {
	for i, p := range s.bridges[bridge].ports {
		if p.state != disabled && p.designated.bridge == s.bridges[bridge].id {
			s.transmit(now, STPPort{bridge, i})
		}
	}
}

// transmit speaks by a port, or makes a note to once it may.
func (s *STP) transmit(now time.Duration, at STPPort) {
	b := s.bridges[at.Bridge]
	p := b.ports[at.Port]
	if p.held > now {
		p.pending = true
		return
	}
	p.pending, p.held = false, now+holdTime
	expires := s.after(now, s.conf.MaxAge)
	if b.rootPort != None {
		expires = b.ports[b.rootPort].expires
	}
	if expires > now && s.passes(at) {
		s.queue = append(s.queue, stpMessage{p.To, p.designated, expires})
	}
}

// deliver hands messages over until nobody has anything to say.
func (s *STP) deliver(now time.Duration) {
	for len(s.queue) > 0 {
		m := s.queue[0]
		s.queue = s.queue[1:]
		if b := s.bridges[m.to.Bridge]; b.on && b.ports[m.to.Port].state != disabled {
			s.receive(now, m)
		}
	}
}

func (s *STP) receive(now time.Duration, m stpMessage) {
	b := s.bridges[m.to.Bridge]
	p := b.ports[m.to.Port]
	switch {
	case supersedes(m.vector, p.designated, b.id):
		p.designated, p.expires = m.vector, m.expires
		s.choose(now, m.to.Bridge)
		if b.rootPort != None {
			b.hello = Never
		}
		if m.to.Port == b.rootPort {
			s.generate(now, m.to.Bridge)
		}
	case p.designated.bridge == b.id:
		s.transmit(now, m.to)
	}
}

// supersedes says whether a message takes the place of what a port has: it is better, or its sender is the one that the
// port has it from.
func supersedes(m, have stpVector, own int) bool {
	if c := cmp.Or(cmp.Compare(m.root, have.root), cmp.Compare(m.cost, have.cost), cmp.Compare(m.bridge, have.bridge)); c != 0 {
		return c < 0
	}
	return m.bridge != own || m.port <= have.port
}
