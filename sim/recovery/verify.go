package recovery

import "github.com/dcdrill/dcdrill/sim"

// examine has somebody test the applications of a machine that was hit, and then verify its files and databases. Where
// only verifying takes time, it is a test as well.
func (c *crew) examine(g *guest) {
	times := c.plan.Times
	switch {
	case times.Test != nil && !g.tested:
		c.inspect(g, "test", times.Test, phaseTest, func() { g.tested = true })
	case times.Verify != nil && !g.sound:
		c.inspect(g, "verify", times.Verify, phaseVerify, func() { g.tested, g.sound = true, true })
	}
}

func (c *crew) inspect(g *guest, name string, work *Work, phase int, done func()) {
	g.inHand = true
	c.add(&task{
		name: name, on: g.name, work: work, skill: "app", phase: phase, turn: c.turn(g), place: g.place, cause: g.cause,
		end: func(sim.Act) string {
			g.inHand = false
			done()
			c.care(g)
			return ""
		},
	})
}
