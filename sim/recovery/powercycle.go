package recovery

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// care looks after a machine whose state has changed: it is restarted once its disk answers, repaired if it does not boot,
// tested and verified when it is well again.
func (c *crew) care(g *guest) {
	if g.inHand {
		return
	}
	switch {
	case g.state == sim.GuestBroken:
		c.repair(g)
	case g.helpless() && !g.boots && c.restartable(g):
		c.restart(g)
	case g.hit && !g.down && g.state.Works():
		c.examine(g)
	}
}

// restartable says whether a machine could boot: its host is in service, and its disk answers.
func (c *crew) restartable(g *guest) bool {
	return !c.view.stores[g.store.String()] && c.view.inService(g.store.Host)
}

// lookAgain is how long people wait after storage has come back for somebody, to see for whom else. Chosen: hosts find
// their paths within some seconds of one another.
const lookAgain = 10 * time.Second

// careSoon looks after every machine once storage has come back for all for whom it does.
func (c *crew) careSoon() {
	c.nextCare()
	c.nextCare = c.loop.Quietly(c.now()+lookAgain, func() {
		for _, g := range c.machines {
			c.care(g)
		}
	})
}

// restart queues a machine to be switched off, looked at and switched on, by a script where there is one.
func (c *crew) restart(g *guest) {
	g.inHand = true
	if c.plan.Times.Script != nil && !c.scriptNeeds(g) {
		c.script(g)
		return
	}
	c.add(&task{
		name: "power-cycle", on: g.name, work: c.plan.Times.Cycle, skill: "vm", phase: phaseRestart, turn: c.turn(g), place: g.place,
		cause: g.cause, own: g.member.Workload.ID, lacks: func() string { return c.needs(g) },
		begin: func(a sim.Act) { c.hands.SwitchOff(a, g.member) },
		end:   func(a sim.Act) string { c.switchOn(a, g); return "" },
	})
}

// needs is the first workload that a machine needs and that is not there. One of a tier of its own, or what it needs in
// turn, never waits for itself.
func (c *crew) needs(g *guest) string {
	for _, need := range g.needs {
		if !c.view.knows(need.use) {
			return need.name
		}
	}
	return ""
}

// switchOn boots a machine, as the dice will have it.
func (c *crew) switchOn(a sim.Act, g *guest) {
	g.inHand, g.boots = false, true
	c.hands.SwitchOn(a, g.member, c.bootTime(g), c.breaks(g))
}

// breaks says whether a machine will not come up.
func (c *crew) breaks(g *guest) bool {
	r := c.plan.Times.Repair
	return r != nil && c.hands.Dice("boot "+g.name).Float64() < float64(r.Chance)
}

// bootTime is how long a machine boots: longer while more of them boot than the array serves at full speed.
func (c *crew) bootTime(g *guest) time.Duration {
	boot := c.plan.Times.Boot
	if boot == nil {
		return 0
	}
	takes := boot.takes.draw(c.hands.Dice("boot time " + g.name))
	booting := 0
	for _, other := range c.machines {
		if other.boots {
			booting++
		}
	}
	if boot.AtOnce > 0 && booting > boot.AtOnce {
		takes = takes * time.Duration(booting) / time.Duration(boot.AtOnce)
	}
	return takes
}

// scriptNeeds says whether a machine is one that the script cannot do without: it is restarted by hand.
func (c *crew) scriptNeeds(g *guest) bool {
	tools := c.plan.Times.Script.Access
	for i := 0; i < len(tools); i++ {
		for _, u := range c.hands.Scenario().Uses {
			if u.ID == tools[i] {
				tools = append(slices.Clone(tools), except(u.Needs, tools)...)
			}
		}
	}
	return slices.Contains(tools, g.member.Workload.ID)
}

// except lists what is not among others.
func except(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(x string) bool { return slices.Contains(others, x) })
}

// script adds a machine to the batch that the script takes next, or begins one.
func (c *crew) script(g *guest) {
	w := c.plan.Times.Script
	turn := c.turn(g)
	if b := c.batch[turn]; b != nil && (w.AtOnce == 0 || len(b.machines) < w.AtOnce) {
		b.machines = append(b.machines, g)
		return
	}
	b := &scripted{machines: []*guest{g}}
	c.batch[turn] = b
	c.batches++
	c.add(&task{
		name: "scripted-restart", on: fmt.Sprintf("batch %d", c.batches), work: w, skill: "vm", phase: phaseRestart, turn: turn, cause: g.cause,
		lacks: func() string {
			if c.scripting {
				return "the script, which is at another go"
			}
			return c.needs(g)
		},
		begin: func(a sim.Act) {
			c.scripting = true
			if c.batch[turn] == b {
				delete(c.batch, turn)
			}
			for _, g := range b.machines {
				c.hands.SwitchOff(a, g.member)
			}
		},
		end: func(a sim.Act) string {
			c.scripting = false
			for _, g := range b.machines {
				c.switchOn(a, g)
			}
			return ""
		},
	})
}

// scripted is a batch of machines that one go of the script restarts.
type scripted struct{ machines []*guest }
