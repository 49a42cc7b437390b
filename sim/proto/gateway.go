package proto

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Gateway says which members of a virtual gateway answer for its address, as VRRP does (RFC 9568, sections 6.3 and 6.4,
// preemption on):
//
//   - a holder that hears a better one stands down: at once when the better one has just taken over, since its first
//     advert says so, else with the next advert;
//   - a member that hears no better holder takes over once it has waited: Takeover from the moment it came into service,
//     Takeover from the last advert when a holder fell silent. When that was is not known to within one Advert;
//   - so the preferred member takes back, and members that cannot hear each other each hold: a split.
type Gateway struct {
	takeover, advert time.Duration
	phase            float64
	members          []gatewayMember
}

type gatewayMember struct {
	able  bool
	holds bool
	since time.Duration // when it began to hold
	heard bool          // it heard a better holder, when last asked
	due   time.Duration // when it takes over or stands down; Never when neither is under way
	why   string
}

// Hears says whether what one member of a gateway sends reaches another.
type Hears func(at, from int) bool

// NewGateway makes a gateway whose members are all in service and hear each other: the first in order of preference
// holds. Phase is where in one Advert the moments fall that are not known: 0 gives the earliest changes, 1 the latest.
func NewGateway(conf *topology.Gateway, phase float64) *Gateway {
	g := &Gateway{takeover: conf.Takeover, advert: conf.Advert, phase: phase}
	for i := range conf.Members {
		g.members = append(g.members, gatewayMember{able: true, holds: i == 0, heard: i != 0, due: Never, since: -Never})
	}
	return g
}

// Set tells which members are in service and who hears whom. Members that change at once do so here; it says whether any did.
func (g *Gateway) Set(now time.Duration, able func(member int) bool, hears Hears) (changed bool) {
	for i := range g.members {
		m := &g.members[i]
		m.able = able(i)
		if !m.able {
			changed = changed || m.holds
			*m = gatewayMember{due: Never, why: "out of service"}
		}
	}
	return g.Step(now, hears) || changed
}

// Step does what is due, and says whether a holder changed.
func (g *Gateway) Step(now time.Duration, hears Hears) (changed bool) {
	g.judge(now, hears)
	for i := range g.members {
		if m := &g.members[i]; m.due <= now {
			m.turn(now)
			changed = true
			g.judge(now, hears)
		}
	}
	return changed
}

// Next is when the gateway wants to be stepped; Never when nothing is under way.
func (g *Gateway) Next() time.Duration {
	next := Never
	for _, m := range g.members {
		next = min(next, m.due)
	}
	return next
}

// Holds says whether a member answers for the address.
func (g *Gateway) Holds(member int) bool { return g.members[member].holds }

// Why says what a member's last change came from.
func (g *Gateway) Why(member int) string { return g.members[member].why }

// Pending says whether others will hold once all timers have run out, if nothing else changes.
func (g *Gateway) Pending(hears Hears) bool {
	if g.Next() == Never {
		return false
	}
	then := *g
	then.members = slices.Clone(g.members)
	for then.Next() != Never {
		then.Step(then.Next(), hears)
	}
	for i, m := range then.members {
		if m.holds != g.members[i].holds {
			return true
		}
	}
	return false
}

// judge starts and stops the members' timers by what they hear.
func (g *Gateway) judge(now time.Duration, hears Hears) {
	for i := range g.members {
		m := &g.members[i]
		if !m.able {
			continue
		}
		better := g.betterHeard(i, hears)
		switch {
		case better != None && m.holds:
			m.standDown(now + g.silence(now, better))
		case better != None || m.holds:
			m.due = Never
		case m.due == Never && m.heard:
			m.await(now+g.takeover-g.part(1-g.phase), "the holder fell silent")
		case m.due == Never:
			m.await(now+g.takeover, "in service, none better heard")
		}
		m.heard = better != None
	}
}

// betterHeard is the most preferred holder that member i hears among those it has to give way to; None when it hears none.
func (g *Gateway) betterHeard(i int, hears Hears) int {
	for j := range i {
		if g.members[j].holds && hears(i, j) {
			return j
		}
	}
	return None
}

// silence is how long it takes until a holder's next advert: it has sent one at the moment it began to hold.
func (g *Gateway) silence(now time.Duration, holder int) time.Duration {
	if g.members[holder].since == now {
		return 0
	}
	return g.part(g.phase)
}

func (g *Gateway) part(of float64) time.Duration { return time.Duration(of * float64(g.advert)) }

func (m *gatewayMember) standDown(at time.Duration) {
	m.due, m.why = min(m.due, at), "a better holder is heard"
}

func (m *gatewayMember) await(at time.Duration, why string) { m.due, m.why = at, why }

// turn makes a holder of a member that was none, and the reverse.
func (m *gatewayMember) turn(now time.Duration) {
	m.holds, m.due, m.since = !m.holds, Never, now
}
