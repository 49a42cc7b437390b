package model

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// leastShare is what is left at least of the disks' time for guests that boot, however many others write.
const leastShare = 0.1

// load is what an array whose speed is limited has to do for guests that boot: each reads at the pace that the others
// leave it.
type load struct {
	world    *World
	speed    topology.DiskSpeed
	disks    *proto.Disks
	booting  []*member // in the order in which they began
	readings map[*member]*proto.Reading
	cancel   func()
}

// loadOf is an array's load; nil where nothing is limited.
func (w *World) loadOf(array *topology.Node) *load {
	if !array.Array.Disks.Limited() {
		return nil
	}
	l := w.loads[array]
	if l == nil {
		l = &load{world: w, speed: array.Array.Disks, readings: map[*member]*proto.Reading{}, cancel: func() {}}
		l.disks = proto.NewDisks(max(leastShare, 1-w.env.Phase*l.others(array)))
		w.loads[array] = l
	}
	return l
}

// others is which part of the disks' time goes to guests that run, at most: who boots does not write meanwhile.
func (l *load) others(array *topology.Node) float64 {
	part := 0.0
	for _, m := range l.world.members {
		if resident, ok := m.member.Talk.(sim.Resident); ok && resident.Datastore().Volume.Array == array {
			asks := resident.Load()
			part += l.speed.Cost(asks.AtOnce).Seconds() / asks.Every.Seconds()
		}
	}
	return part
}

// loads tells an array's load how a guest is now.
func (m *member) loads() {
	resident, ok := m.member.Talk.(sim.Resident)
	guest, alive := m.machine.(sim.Guest)
	if !ok || !alive {
		return
	}
	if l := m.world.loadOf(resident.Datastore().Volume.Array); l != nil {
		l.follow(m, guest, resident.Load())
	}
}

// follow has a guest read, wait or leave.
func (l *load) follow(m *member, guest sim.Guest, asks sim.DiskLoad) {
	now := l.world.env.Loop.Now()
	switch {
	case !guest.Loading():
		l.leave(m)
	case l.readings[m] == nil:
		l.readings[m] = l.disks.Begin(now, l.speed.Cost(asks.AtOnce)*time.Duration(asks.Boot/asks.AtOnce))
		l.booting = append(l.booting, m)
	}
	if reading := l.readings[m]; reading != nil {
		l.disks.Pause(now, reading, !m.usable)
	}
	l.arm()
}

func (l *load) leave(m *member) {
	if reading := l.readings[m]; reading != nil {
		l.disks.End(l.world.env.Loop.Now(), reading)
		delete(l.readings, m)
		l.booting = slices.DeleteFunc(l.booting, func(other *member) bool { return other == m })
	}
}

// arm has the loop come when the first guest has read all.
func (l *load) arm() {
	l.cancel()
	l.cancel = func() {}
	if next := l.disks.Next(); next != proto.Never {
		l.cancel = l.world.env.Loop.At(next, l.step)
	}
}

// step tells those that have read all.
func (l *load) step() {
	now := l.world.env.Loop.Now()
	for _, m := range slices.Clone(l.booting) {
		if l.disks.Done(now, l.readings[m]) {
			l.leave(m)
			m.machine.(sim.Guest).Loaded()
		}
	}
	l.arm()
}
