package model

import (
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// bonding decides which members of a bond are used.
type bonding interface {
	Link(now time.Duration, member int, up bool)
	Next() time.Duration
	Pending() bool
	Step(now time.Duration) (changed bool)
	Used() []int
	Why() string
}

// bond is a bond of a node and the machine that chooses its members.
type bond struct {
	conf    *topology.Bond
	number  int
	machine bonding
	lacp    *proto.LACP    // the same, of one that shares its load and hears its partner; nil otherwise
	cause   int            // of the latest change of a carrier
	moved   time.Duration  // when it last used other members
	left    *topology.Port // the one that it used before; nil where it used none
	unheard bool           // the switch there did not hear it say so
}

// addBond makes a bond.
func (w *World) addBond(conf *topology.Bond) {
	b := &bond{conf: conf, number: len(w.bonds)}
	if conf.Mode == topology.LACP {
		b.lacp = proto.NewLACP(conf, w.env.Phase)
		b.machine = b.lacp
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
	b.machine.Link(now, slices.Index(b.conf.Members, l.Port), l.Up)
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

// use brings the machine's choice into the state, the members in the order in which they were joined.
func (s *state) use(b *bond) {
	used := b.used()
	for _, p := range b.conf.Members {
		s.inUse[s.number(p)] = slices.Contains(used, p)
	}
	s.active[b.number] = nil
	if len(used) > 0 {
		s.active[b.number] = used[0]
	}
	if b.lacp != nil {
		s.shares[b.number] = used
	}
}

// used are the members in use, in the order of their ports.
func (b *bond) used() []*topology.Port {
	var used []*topology.Port
	for _, i := range b.machine.Used() {
		used = append(used, b.conf.Members[i])
	}
	slices.SortFunc(used, func(a, b *topology.Port) int { return a.Index - b.Index })
	return used
}

// stepBonds steps the bonds that are due.
func (w *World) stepBonds(now time.Duration) {
	w.partners(now)
	for _, b := range w.bonds {
		if b.machine.Next() > now {
			continue
		}
		was := b.used()
		if !b.machine.Step(now) {
			continue
		}
		if b.moved, b.left = now, nil; len(was) > 0 {
			b.left = was[0]
		}
		w.use(b)
		b.unheard = b.lacp == nil && w.unheard(b)
		w.failover(b, was)
	}
}

// failover says that a bond uses other members, and marks what that touches.
func (w *World) failover(b *bond, was []*topology.Port) {
	d := sim.BondData{Active: together(b.used()), Was: together(was), Why: b.machine.Why()}
	seq := w.note(b.cause, b.conf.String(), d)
	for _, p := range b.conf.Members {
		w.disturbLink(p.Link, seq)
	}
}

// together names ports of one node: "e0 and e1".
func together(ports []*topology.Port) string {
	var names []string
	for _, p := range ports {
		names = append(names, p.Name)
	}
	return strings.Join(names, " and ")
}
