package recovery

import (
	"github.com/dcdrill/dcdrill/sim"
)

// repair has somebody bring up a machine that does not boot: a file system to be checked, a database to be recovered, or
// all of it to be built anew.
func (c *crew) repair(g *guest) {
	g.inHand = true
	work := c.plan.Times.Repair
	t := &task{
		name: "repair", on: g.name, work: work, skill: "vm", phase: phaseRepair, turn: c.turn(g), place: g.place, cause: g.cause,
	}
	outcome := ""
	dice := c.hands.Dice("outcome " + g.name)
	left := dice.Float64()
	for _, o := range work.Outcomes {
		if left -= float64(o.Value.Share); left < 0 {
			outcome, t.fast = o.Key, o.Value.Each.draw(dice)
			break
		}
	}
	t.end = func(a sim.Act) string {
		g.inHand = false
		c.hands.Repair(a, g.member)
		return outcome
	}
	c.add(t)
}
