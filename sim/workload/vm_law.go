package workload

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// guestLaw is a virtual machine as predicted. That its disk waits shows with the first write that has no answer.
type guestLaw struct {
	sim.Viewer
	*machine
	*proto.Guest

	since                    time.Duration // when the disk ceased to answer
	lost                     bool          // its array has lost what it had acknowledged, and it has not looked yet
	damaged                  bool          // and so it stays for those whose letters it kept
	told                     sim.GuestState
	served                   bool
	cancelStep, cancelNotice func()
}

// Path says whether its disk answers.
func (g *guestLaw) Path(answers bool) {
	g.cancelNotice()
	if answers {
		g.disk(proto.Answers)
		return
	}
	g.since = g.Now()
	g.cancelNotice = g.After(beforeFirst(g.Viewer, g.interval), func() { g.disk(proto.Waits) })
}

// Refused says that its disk returns errors.
func (g *guestLaw) Refused() {
	g.cancelNotice()
	g.since = g.Now()
	g.cancelNotice = g.After(beforeFirst(g.Viewer, g.interval), func() { g.disk(proto.Refuses) })
}

func (g *guestLaw) disk(d proto.DiskState) {
	g.Disk(g.Now(), d)
	g.follow()
}

// Power is what its host was ordered to do.
func (g *guestLaw) Power(l sim.GuestPower) {
	g.since = g.Now()
	g.Guest.Power(g.Now(), l.On, l.Boot, l.Broken)
	g.follow()
}

// PowerLost takes it from its host's memory, or from its array what was nowhere else.
func (g *guestLaw) PowerLost(end *topology.Node) {
	switch end {
	case g.store.Host:
		g.Power(sim.GuestPower{})
	case g.store.Volume.Array:
		g.lost = g.loses()
		g.damaged = g.damaged || g.store.Volume.Cache == "lying"
	}
}

// Damaged says whether what its services keep has been lost: they flush, whatever else their guest does.
func (g *guestLaw) Damaged() bool { return g.damaged }

// readBack is what it finds of its records: what an honest array acknowledges, it keeps.
func (g *guestLaw) readBack() sim.IntegrityData {
	if g.lost {
		g.lost = false
		return sim.IntegrityData{Lost: records}
	}
	return sim.IntegrityData{Intact: records}
}

// Serving has its host start it again.
func (g *guestLaw) Serving() { g.Power(sim.GuestPower{On: true}) }

// Loaded is that it has read what it boots from.
func (g *guestLaw) Loaded() {
	g.Guest.Loaded()
	g.follow()
}

// follow tells what has become of it, and plans its next step.
func (g *guestLaw) follow() {
	if s := g.State(); s != g.told {
		if s.Works() && g.told != "" {
			g.Note(g.readBack())
		}
		g.told = s
		g.Note(sim.GuestData{State: s, Why: g.Why()})
	}
	switch works := g.Works(); {
	case works && !g.served:
		g.Served(true)
		g.served = true
	case !works && g.served:
		g.Unserved(g.since)
		g.served = false
	}
	g.cancelStep()
	g.cancelStep = func() {}
	if next := g.Next(); next != proto.Never {
		g.cancelStep = g.After(next-g.Now(), func() {
			g.Step(g.Now())
			g.follow()
		})
	}
}
