package recovery

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// reseat tries the ten-minute remedy before the four-hour one. Only a part that stays dead after it is known dead.
func (c *crew) reseat(cause int, p *topology.Port) {
	c.add(&task{
		name: "reseat", on: p.String(), work: c.plan.Times.Reseat, skill: "network", phase: phaseNetwork, cause: cause,
		end: func(a sim.Act) string {
			c.hands.ReseatOptic(a, p)
			if state, at := c.hands.Look(p.Link); state != sim.LinkOpticDead || at != p {
				return "it works again"
			}
			c.replace(a.Cause, p)
			return "dead for good"
		},
	})
}
