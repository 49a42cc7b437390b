package proto

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// LACP says which members of a bond of mode 802.3ad share its load (IEEE 802.1AX clause 6.4; Linux,
// net/drivers/bonding/bond_3ad.c): those that have a carrier, and whose partner has been heard of late.
//
//   - a member that loses its carrier is out with the next look at carriers, one miimon later at most;
//   - one whose partner falls silent, though the carrier is up, is out three periods after the partner was last heard:
//     a period is 30 s, or 1 s where the bond asks for the fast rate;
//   - one whose partner is heard again is in after a negotiation, which waits 2 s for others to join (clause 6.4.4,
//     Aggregate_Wait_Time), and in which the partner may speak only after a period.
type LACP struct {
	miimon, period time.Duration
	phase          float64
	members        []lacpMember
	why            string
}

type lacpMember struct {
	up, heard, used bool
	due             time.Duration // when used becomes what it should be; Never when it is
}

const (
	// missedLACP is how many periods in a row a partner is not heard before it is given up (IEEE 802.1AX 6.4.4).
	missedLACP = 3
	// lacpTick is how often Linux looks at its timers (AD_TIMER_INTERVAL).
	lacpTick = 100 * time.Millisecond
	// lacpCoarse is how much longer its times may be than said: it counts them in ticks, and each tick is armed anew after
	// the one before, a jiffy late (a tenth of a tick at 100 Hz; 98.9 s instead of 90 s measured).
	lacpCoarse = 1.1
	// aggregateWait is how long a member that could join waits for others (IEEE 802.1AX 6.4.4, Aggregate_Wait_Time).
	aggregateWait = 2 * time.Second
)

// NewLACP makes a bond whose partner has long been heard by all its members. Phase is where in a period, or a miimon,
// moments fall that are not known: 0 gives the earliest changes, 1 the latest.
func NewLACP(conf *topology.Bond, phase float64) *LACP {
	l := &LACP{miimon: conf.Miimon, period: conf.Rate.Period(), phase: phase}
	for range conf.Members {
		l.members = append(l.members, lacpMember{up: true, heard: true, used: true, due: Never})
	}
	return l
}

// Link tells that a member has a carrier, or has lost it.
func (l *LACP) Link(now time.Duration, member int, up bool) {
	l.set(now, member, up, l.members[member].heard)
}

// Hear tells that the partner of a member is heard, and hears it, or no longer.
func (l *LACP) Hear(now time.Duration, member int, heard bool) {
	l.set(now, member, l.members[member].up, heard)
}

func (l *LACP) set(now time.Duration, member int, up, heard bool) {
	m := &l.members[member]
	was := m.up && m.heard
	lost := m.up && !up
	m.up, m.heard = up, heard
	is := up && heard
	switch {
	case is == m.used:
		m.due = Never
	case is && !was:
		m.due = now + l.part(aggregateWait+l.period+time.Second)
	case lost && m.used:
		m.due = min(m.due, now+l.part(l.miimon))
	case !is && was:
		m.due = now + (missedLACP-1)*l.period + l.part(l.late())
	}
}

func (l *LACP) part(d time.Duration) time.Duration { return time.Duration(l.phase * float64(d)) }

// Uncertain is how much earlier or later than in the middle of its phase a silent partner may be given up.
func (l *LACP) Uncertain() time.Duration { return l.late() / 2 }

// late is how much later than at the earliest that is.
func (l *LACP) late() time.Duration {
	return time.Duration(lacpCoarse*float64(missedLACP*l.period+lacpTick)) - (missedLACP-1)*l.period
}

// Next is when the bond wants to be stepped; Never when nothing is under way.
func (l *LACP) Next() time.Duration {
	next := Never
	for _, m := range l.members {
		next = min(next, m.due)
	}
	return next
}

// Step does what is due, and says whether other members share the load than before.
func (l *LACP) Step(now time.Duration) (changed bool) {
	for i := range l.members {
		m := &l.members[i]
		if m.due > now {
			continue
		}
		m.used, m.due, changed = m.up && m.heard, Never, true
		switch {
		case m.used:
			l.why = "its partner is heard"
		case !m.up:
			l.why = "no carrier"
		default:
			l.why = "its partner was not heard for three periods"
		}
	}
	return changed
}

// Used are the members that share the load, in their order.
func (l *LACP) Used() []int {
	var used []int
	for i, m := range l.members {
		if m.used {
			used = append(used, i)
		}
	}
	return used
}

// Why says what the last change came from.
func (l *LACP) Why() string { return l.why }

// Pending says whether time alone will change anything.
func (l *LACP) Pending() bool {
	return slices.ContainsFunc(l.members, func(m lacpMember) bool { return m.due != Never })
}

// ShareOf is the place, among that many members in use, of the one that takes what one address sends to another: the
// kernel's layer2 policy (Linux, Documentation/networking/bonding.rst, xmit_hash_policy; the protocol's number changes
// nothing with IPv4 and ARP over up to two members, and is that of IPv4 here).
func ShareOf(from, to topology.HardwareID, members int) int {
	const ipv4 = 0x0800
	return (int(to[5]^from[5]) ^ ipv4) % members
}
