package proto

import (
	"math"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// None is the active member of a bond that has none.
const None = -1

// defaultMiimon is how often carriers are looked at when the plant does not say (Linux bonding.rst, miimon: "a value of
// 100 is a good starting point").
const defaultMiimon = 100 * time.Millisecond

// jiffy is how much later each look of Linux's may be than a miimon after the one before: its timer is armed anew after each,
// and goes off with the next tick of the clock (100 Hz, the slowest in use; an updelay of 3m took 3m18s there, measured).
const jiffy = 10 * time.Millisecond

// Bond chooses the active member of an active-backup bond as Linux bonding does
// (Documentation/networking/bonding.rst; drivers/net/bonding, MII monitor):
//
//   - carriers are looked at once a miimon, and what follows is committed there and then;
//   - a member without carrier is used for downdelay more, one with a new carrier not before updelay has passed, both
//     in whole miimons, rounded down;
//   - while no member is active, updelay does not count: the first to recover is used at once;
//   - when the active member fails and none is up, one that is waiting out its updelay is used, the nearest to its end first;
//   - a primary that is up again takes over as primary_reselect says.
//
// Between changes nothing ticks: a bond at rest looks at its carriers only once it was told of a change.
type Bond struct {
	conf    topology.Bond
	members []bondMember
	active  int
	said    int           // the active member, as Step last said
	tick    time.Duration // the next look; Never at rest
	pace    time.Duration // from one look to the next
	first   func(now time.Duration) time.Duration
	why     string
}

// bondMember is what the monitor knows of one member.
type bondMember struct {
	carrier bool
	state   linkState
	left    int // miimons until a delay is over
	speed   topology.Bitrate
}

// linkState is how the monitor sees a member.
type linkState int

const (
	linkUp   linkState = iota
	linkFail           // carrier lost, waiting out downdelay
	linkDown
	linkBack // carrier back, waiting out updelay
)

// NewBond makes a bond all of whose members are up: the primary is active, else the first. It looks at its carriers on the
// grid of whole miimons.
func NewBond(conf *topology.Bond) *Bond {
	b := &Bond{conf: *conf, tick: Never}
	if b.conf.Miimon <= 0 {
		b.conf.Miimon = defaultMiimon
	}
	b.pace, b.first = b.conf.Miimon, b.nextOnGrid
	for _, p := range conf.Members {
		b.members = append(b.members, bondMember{carrier: true, speed: p.Link.Speed})
	}
	b.active = max(0, b.primary())
	b.said = b.active
	return b
}

// NewBondAt makes one of which it is not known when it looks: the phase is how much of a miimon passes from a change to the
// next look, and how much of a jiffy each look after that is late.
func NewBondAt(conf *topology.Bond, phase float64) *Bond {
	b := NewBond(conf)
	b.pace += time.Duration(phase * float64(jiffy))
	b.first = func(now time.Duration) time.Duration { return now + time.Duration(phase*float64(b.conf.Miimon)) }
	return b
}

// Link tells that a member has gained or lost its carrier.
func (b *Bond) Link(now time.Duration, member int, up bool) {
	m := &b.members[member]
	if m.carrier == up {
		return
	}
	for b.tick < now {
		b.look()
	}
	m.carrier = up
	if b.tick == Never {
		b.tick = b.first(now)
	}
}

// Step takes every look that is due, and says whether another member is active than before.
func (b *Bond) Step(now time.Duration) (changed bool) {
	for b.tick <= now {
		b.look()
	}
	changed = b.active != b.said
	b.said = b.active
	return changed
}

// Next is when the bond wants to be stepped; Never when it is at rest. Looks that do nothing but count a delay down are
// left out: Step makes up for them.
func (b *Bond) Next() time.Duration {
	if b.tick == Never {
		return Never
	}
	return b.tick + time.Duration(b.idleLooks())*b.pace
}

// idleLooks counts the looks, from the next one on, that do nothing but count down.
func (b *Bond) idleLooks() int {
	const none = math.MaxInt
	idle := none
	for _, m := range b.members {
		switch {
		case m.atRest():
		case m.carrier && m.state == linkBack && b.active != None, !m.carrier && m.state == linkFail:
			idle = min(idle, max(0, m.left))
		default:
			return 0
		}
	}
	if idle == none {
		return 0
	}
	return idle
}

// Active is the index of the active member; None without one.
func (b *Bond) Active() int { return b.active }

// Used is the active member; empty without one.
func (b *Bond) Used() []int {
	if b.active == None {
		return nil
	}
	return []int{b.active}
}

// Why says what the last change of the active member came from.
func (b *Bond) Why() string { return b.why }

// Pending says whether another member will be active once all delays have passed, if no carrier changes any more.
func (b *Bond) Pending() bool {
	if b.tick == Never {
		return false
	}
	then := *b
	then.members = slices.Clone(b.members)
	for then.tick != Never {
		then.Step(then.tick)
	}
	return then.active != b.active
}

func (b *Bond) nextOnGrid(now time.Duration) time.Duration {
	next := now.Truncate(b.conf.Miimon) // towards zero
	if next < now {
		next += b.conf.Miimon
	}
	return next
}

func (b *Bond) primary() int { return slices.Index(b.conf.Members, b.conf.Primary) }

func (b *Bond) atRest() bool {
	for _, m := range b.members {
		if !m.atRest() {
			return false
		}
	}
	return true
}

func (m *bondMember) atRest() bool {
	return m.carrier && m.state == linkUp || !m.carrier && m.state == linkDown
}

// look is one tick of the monitor.
func (b *Bond) look() {
	b.monitor()
	b.tick += b.pace
	if b.atRest() {
		b.tick = Never
	}
}

// monitor inspects all members, then commits.
func (b *Bond) monitor() {
	hurry := b.active == None
	reselect := false
	for i := range b.members {
		was := b.members[i].state
		b.members[i].inspect(&b.conf, &hurry)
		switch is := b.members[i].state; {
		case is == was:
		case is == linkUp:
			reselect = reselect || b.active == None || i == b.primary()
		case is == linkDown:
			reselect = reselect || i == b.active
		}
	}
	if reselect {
		b.use(b.best())
	}
}

// inspect moves a member on by one tick. Hurry makes its updelay count for nothing; the first member that profits ends it.
func (m *bondMember) inspect(conf *topology.Bond, hurry *bool) {
	switch {
	case m.carrier && m.state == linkFail:
		m.state = linkUp
		return
	case !m.carrier && m.state == linkBack:
		m.state = linkDown
		return
	case !m.carrier && m.state == linkUp:
		m.state, m.left = linkFail, int(conf.Downdelay/conf.Miimon)
	case m.carrier && m.state == linkDown:
		m.state, m.left = linkBack, int(conf.Updelay/conf.Miimon)
	}
	switch {
	case m.state == linkBack && (*hurry || m.left <= 0):
		m.state, *hurry = linkUp, false
	case m.state == linkFail && m.left <= 0:
		m.state = linkDown
	case m.state == linkBack || m.state == linkFail:
		m.left--
	}
}

// best is the member to use now.
func (b *Bond) best() int {
	prim, curr := b.primary(), b.active
	switch primUp, currUp := b.up(prim), b.up(curr); {
	case primUp && currUp && prim != curr && !b.failsBack(prim, curr):
		return curr
	case primUp:
		return prim
	case currUp:
		return curr
	}
	if i := slices.IndexFunc(b.members, func(m bondMember) bool { return m.state == linkUp }); i != None {
		return i
	}
	return b.nearest()
}

// failsBack says whether a primary takes over from a member that works.
func (b *Bond) failsBack(prim, curr int) bool {
	switch b.conf.Reselect {
	case topology.ReselectBetter:
		return b.members[prim].speed > b.members[curr].speed
	case topology.ReselectFailure:
		return false
	}
	return true
}

// nearest is the member with the least of its updelay left; None when none waits.
func (b *Bond) nearest() int {
	best := None
	for i, m := range b.members {
		if m.state == linkBack && (best == None || m.left < b.members[best].left) {
			best = i
		}
	}
	return best
}

func (b *Bond) up(member int) bool { return member != None && b.members[member].state == linkUp }

// use makes a member active.
func (b *Bond) use(member int) {
	if member == b.active {
		return
	}
	switch {
	case member == None:
		b.why = "no member is up"
	case b.active == None:
		b.why = "first to recover"
	case b.up(b.active):
		b.why = "the primary is up again"
	default:
		b.why = b.conf.Members[b.active].Name + " lost its carrier"
	}
	b.active = member
	if member != None {
		b.members[member].state = linkUp
	}
}
