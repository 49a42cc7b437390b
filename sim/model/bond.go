package model

import (
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// bond is a bond of a node and the machine that chooses its active member.
type bond struct {
	conf    *topology.Bond
	number  int
	machine *proto.Bond
	lacp    *proto.LACP    // in its place, of one that shares its load
	cause   int            // of the latest change of a carrier
	moved   time.Duration  // when it last used another member
	left    *topology.Port // the one that it used before; nil where it used none
	unheard bool           // the switch there did not hear it say so
}

// addBond makes a bond.
func (w *World) addBond(conf *topology.Bond) {
	b := &bond{conf: conf, number: len(w.bonds)}
	if conf.Mode == topology.LACP {
		b.lacp = proto.NewLACP(conf, w.env.Phase)
	} else {
		b.machine = proto.NewBondAt(conf, w.env.Phase)
	}
	w.bonds = append(w.bonds, b)
	w.use(b)
}

func (w *World) bondOf(conf *topology.Bond) *bond {
	return w.bonds[w.firstBond[conf.Node.Index]+conf.Index]
}

func (b *bond) link(now time.Duration, l sim.Carrier, cause int) {
	b.cause = cause
	if member := slices.Index(b.conf.Members, l.Port); b.lacp != nil {
		b.lacp.Link(now, member, l.Up)
	} else {
		b.machine.Link(now, member, l.Up)
	}
}

// next is when the bond wants to be stepped.
func (b *bond) next() time.Duration {
	if b.lacp != nil {
		return b.lacp.Next()
	}
	return b.machine.Next()
}

// pending says whether time alone will change it.
func (b *bond) pending() bool {
	if b.lacp != nil {
		return b.lacp.Pending()
	}
	return b.machine.Pending()
}

// partners tells bonds that share their load which members have a partner that is heard and hears them.
func (w *World) partners(now time.Duration) {
	for _, b := range w.bonds {
		if b.lacp == nil {
			continue
		}
		for i, p := range b.conf.Members {
			b.lacp.Hear(now, i, w.speaks(p) && w.speaks(p.Peer()))
		}
	}
}

// speaks says whether what the bond at a port says arrives at its other end.
func (w *World) speaks(p *topology.Port) bool {
	at := w.number(p)
	return w.serves(p.Node) && w.carrier[at] && w.carrier[w.number(p.Peer())] && !w.dark[at] && w.impaired[at].Loss < 1
}

// use brings the machine's choice into the state.
func (w *World) use(b *bond) {
	if b.lacp != nil {
		w.useShares(b)
		return
	}
	var active *topology.Port
	for i, p := range b.conf.Members {
		w.inUse[w.number(p)] = i == b.machine.Active()
		if i == b.machine.Active() {
			active = p
		}
	}
	w.active[b.number] = active
}

// useShares brings the members that share the load into the state, in the order in which they were joined.
func (s *state) useShares(b *bond) {
	var used []*topology.Port
	for _, i := range b.lacp.Used() {
		used = append(used, b.conf.Members[i])
	}
	for _, p := range b.conf.Members {
		s.inUse[s.number(p)] = slices.Contains(used, p)
	}
	slices.SortFunc(used, func(a, b *topology.Port) int { return a.Index - b.Index })
	s.shares[b.number], s.active[b.number] = used, nil
	if len(used) > 0 {
		s.active[b.number] = used[0]
	}
}

// stepBonds steps the bonds that are due.
func (w *World) stepBonds(now time.Duration) {
	w.partners(now)
	for _, b := range w.bonds {
		if b.next() > now {
			continue
		}
		if b.lacp != nil {
			w.stepLACP(now, b)
			continue
		}
		was := b.machine.Active()
		if _, changed := b.machine.Step(now); changed {
			if b.moved, b.left = now, nil; was != proto.None {
				b.left = b.conf.Members[was]
			}
			w.use(b)
			b.unheard = w.unheard(b)
			w.failover(b, was)
		}
	}
}

// failover says that a bond uses another member, and marks what that touches.
func (w *World) failover(b *bond, was int) {
	d := sim.BondData{Active: b.member(b.machine.Active()), Was: b.member(was), Why: b.machine.Why()}
	seq := w.note(b.cause, b.conf.String(), d)
	for _, p := range b.conf.Members {
		w.disturbLink(p.Link, seq)
	}
}

// stepLACP steps a bond that shares its load.
func (w *World) stepLACP(now time.Duration, b *bond) {
	was := b.used()
	if !b.lacp.Step(now) {
		return
	}
	w.useShares(b)
	seq := w.note(b.cause, b.conf.String(), sim.BondData{Active: b.used(), Was: was, Why: b.lacp.Why()})
	for _, p := range b.conf.Members {
		w.disturbLink(p.Link, seq)
	}
}

// used names the members that share the load.
func (b *bond) used() string {
	var names []string
	for _, i := range b.lacp.Used() {
		names = append(names, b.conf.Members[i].Name)
	}
	return strings.Join(names, " and ")
}

func (b *bond) member(i int) string {
	if i == proto.None {
		return ""
	}
	return b.conf.Members[i].Name
}
