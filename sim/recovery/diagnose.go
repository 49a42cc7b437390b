package recovery

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// finder is how people find out what is wrong. They see ports without carrier, not what lies behind: they look at one
// such link after the other, since it is one train of thought, and only once nothing is booting any more.
type finder struct {
	crew   *crew
	busy   bool
	looked map[*topology.Link]bool // at its present failure
	// compared: the VLANs of trunks were looked at since conversations began to fail.
	compared bool
}

// look takes the next link.
func (f *finder) look() {
	f.forget()
	if f.busy || f.crew.view.booting() {
		return
	}
	for _, l := range f.crew.hands.Scenario().Plant.Links {
		if f.suspect(l) && !f.looked[l] {
			f.busy, f.looked[l] = true, true
			f.diagnose(l)
			return
		}
	}
	f.compare()
}

// forget has links looked at again that failed, came back and failed once more, and trunks once all had been well.
func (f *finder) forget() {
	f.compared = f.compared && f.crew.view.failing()
	for l := range f.looked {
		if !f.dark(l) {
			delete(f.looked, l)
		}
	}
}

func (f *finder) dark(l *topology.Link) bool {
	return f.crew.view.dark[l.A] || f.crew.view.dark[l.B]
}

// suspect is a link without carrier between two nodes that are in service.
func (f *finder) suspect(l *topology.Link) bool {
	v := f.crew.view
	return f.dark(l) && v.inService(l.A.Node) && v.inService(l.B.Node)
}

func (f *finder) diagnose(l *topology.Link) {
	c := f.crew
	c.add(&task{
		name: "diagnose-part", on: l.ID, work: c.plan.Times.Diagnose, skill: "network", phase: phaseDiagnose, cause: c.marks.cause,
		end: func(a sim.Act) string {
			f.busy = false
			state, at := c.hands.Look(l)
			c.mend(a.Cause, l, at, state)
			if state == sim.LinkWell {
				return "nothing wrong any more"
			}
			return string(state) + " in " + at.String()
		},
	})
}

// mend queues what is to be done about what was found.
func (c *crew) mend(cause int, l *topology.Link, at *topology.Port, state sim.LinkState) {
	times := c.plan.Times
	t := &task{skill: "network", phase: phaseNetwork, cause: cause, on: at.String()} // l is nil where a node is to be rolled back
	switch state {
	case sim.LinkOpticDead:
		c.reseat(cause, at)
		return
	case sim.LinkChanged:
		if c.rolling[at.Node] {
			return
		}
		c.rolling[at.Node] = true
		t.name, t.work, t.on = "roll-back", times.RollBack, at.Node.ID
		t.end = func(a sim.Act) string {
			c.rolling[at.Node] = false
			c.hands.RollBack(a, at.Node)
			return ""
		}
	case sim.LinkErrDisabled:
		t.name, t.work, t.on = "clear-port", times.Clear, l.ID
		t.end = func(a sim.Act) string { c.hands.ClearErrDisable(a, l); return "" }
	case sim.LinkShut:
		t.name, t.work = "clear-port", times.Clear
		t.end = func(a sim.Act) string { c.hands.Shut(a, at, false); return "" }
	case sim.LinkUnplugged:
		t.name, t.work, t.on = "plug-in", times.PlugIn, l.ID
		t.end = func(a sim.Act) string { c.hands.PlugIn(a, l); return "" }
	default:
		return
	}
	c.add(t)
}
