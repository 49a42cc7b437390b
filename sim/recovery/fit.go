package recovery

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// replace gets a part for a port and has it fitted.
func (c *crew) replace(cause int, p *topology.Port) {
	model := p.Optic.Model
	if !c.shelf.get(cause, p, func(cause int) { c.fit(cause, p, "") }) {
		c.fit(cause, p, lacking(model))
	}
}

// fit puts a part in its place; lack says why there will never be one.
func (c *crew) fit(cause int, p *topology.Port, lack string) {
	c.add(&task{
		name: "fit-part", on: p.String(), work: c.plan.Times.Fit, skill: "network", phase: phaseNetwork, cause: cause,
		lacks: func() string { return lack },
		end: func(a sim.Act) string {
			works, model := c.shelf.works(p.Optic.Model), p.Optic.Model
			c.hands.ReplaceOptic(a, p, works)
			if works {
				c.say(a.Cause, model, sim.PartData{State: sim.PartFitted, For: p.String()})
				return ""
			}
			seq := c.say(a.Cause, model, sim.PartData{State: sim.PartDead, For: p.String()})
			c.replace(seq, p)
			return "dead on arrival"
		},
	})
}
