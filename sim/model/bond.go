package model

import (
	"slices"
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
	cause   int            // of the latest change of a carrier
	moved   time.Duration  // when it last used another member
	left    *topology.Port // the one that it used before; nil where it used none
}

// addBond makes a bond. When in its miimon a carrier changes is not known: the next look comes after as much of one as
// the phase says.
func (w *World) addBond(conf *topology.Bond) {
	look := func(now time.Duration) time.Duration {
		return now + time.Duration(w.env.Phase*float64(conf.Miimon))
	}
	b := &bond{conf: conf, number: len(w.bonds), machine: proto.NewBond(conf, look)}
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

// use brings the machine's choice into the state.
func (w *World) use(b *bond) {
	var active *topology.Port
	for i, p := range b.conf.Members {
		w.inUse[w.number(p)] = i == b.machine.Active()
		if i == b.machine.Active() {
			active = p
		}
	}
	w.active[b.number] = active
}

// stepBonds steps the bonds that are due.
func (w *World) stepBonds(now time.Duration) {
	for _, b := range w.bonds {
		if b.machine.Next() > now {
			continue
		}
		was := b.machine.Active()
		if _, changed := b.machine.Step(now); changed {
			if b.moved, b.left = now, nil; was != proto.None {
				b.left = b.conf.Members[was]
			}
			w.use(b)
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

func (b *bond) member(i int) string {
	if i == proto.None {
		return ""
	}
	return b.conf.Members[i].Name
}
