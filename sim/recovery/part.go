package recovery

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Part is a model of spare parts.
type Part struct {
	Pos      yamlfile.Pos
	Spares   int              `yaml:"spares,scalar" doc:"how many lie on the shelf"`
	Lead     *Time            `yaml:"lead" doc:"from the order to the delivery: 4h, or {median: 4h, p95: 6h}; without it none can be had"`
	Ordering string           `yaml:"ordering" doc:"when orders are taken: 24x7 (default), or such as 08:00-13:00; one that is late waits for the next day"`
	Dead     yamlfile.Percent `yaml:"dead_on_arrival" doc:"how many of them do not work"`

	from, to time.Duration // when orders are taken; equal: always
}

// mostSpares bounds a shelf.
const mostSpares = 1_000_000

func (p *Part) check(model string, start time.Time, until time.Duration, ps *yamlfile.Problems) {
	if p.Spares < 0 || p.Spares > mostSpares {
		ps.Add(p.Pos, "", "%d spares of %s: there can be 0 to %d", p.Spares, model, mostSpares)
	}
	p.checkHours(model, start, ps)
	if p.Lead == nil {
		return
	}
	p.Lead.check(ps)
	if first := p.taken(start, 0) + p.Lead.Median; first >= until {
		ps.Add(p.Pos, "let the run last longer: until", "a %s never comes: it takes %s from the beginning, and the run is over after %s", model, first, until)
	}
}

func (p *Part) checkHours(model string, start time.Time, ps *yamlfile.Problems) {
	if p.Ordering == "" || p.Ordering == "24x7" {
		return
	}
	var err error
	switch p.from, p.to, err = parseHours(p.Ordering); {
	case err != nil:
		ps.Add(p.Pos, "or 24x7", "ordering of %s: %s", model, err)
	case start.IsZero():
		ps.Add(p.Pos, "give the scenario a start", "ordering of %s: hours need a time of day", model)
	}
}

// taken is when an order made now is taken.
func (p *Part) taken(start time.Time, now time.Duration) time.Duration {
	if p.from == p.to || within(start, now, p.from, p.to) {
		return now
	}
	return opening(start, now, p.from)
}

// shelf is the spares of a run.
type shelf struct {
	crew *crew
	left map[string]int // by model
	used map[string]int // numbers the parts, for the dice
	due  []time.Duration
}

func newShelf(c *crew) *shelf {
	s := &shelf{crew: c, left: map[string]int{}, used: map[string]int{}}
	for _, p := range c.plan.Parts {
		s.left[p.Key] = p.Value.Spares
	}
	return s
}

// get has a part for a port: from the shelf, or from the vendor. Have is called with it in hand, never when it cannot be
// had; what it is needed for then stays waiting.
func (s *shelf) get(cause int, port *topology.Port, have func(cause int)) (ok bool) {
	model := port.Optic.Model
	part := s.crew.plan.Parts.Lookup(model)
	c := s.crew
	switch {
	case s.left[model] > 0:
		s.left[model]--
		have(c.say(cause, model, sim.PartData{State: sim.PartTaken, For: port.String()}))
	case part == nil || part.Lead == nil:
		return false
	default:
		ordered := part.taken(c.start, c.now())
		c.loop.Quietly(ordered, func() { s.order(cause, part, port, have) })
	}
	return true
}

func (s *shelf) order(cause int, part *Part, port *topology.Port, have func(cause int)) {
	c, model := s.crew, port.Optic.Model
	s.used[model]++
	lead := part.Lead.draw(c.hands.Dice(fmt.Sprintf("lead %s %d", model, s.used[model])))
	due := c.now() + lead
	s.due = append(s.due, due)
	seq := c.say(cause, model, sim.PartData{State: sim.PartOrdered, For: port.String(), Due: sim.Seconds(due)})
	c.loop.Quietly(due, func() { have(c.say(seq, model, sim.PartData{State: sim.PartArrived, For: port.String()})) })
}

// works says whether the next part of a model does.
func (s *shelf) works(model string) bool {
	part := s.crew.plan.Parts.Lookup(model)
	s.used[model+" fitted"]++
	dice := s.crew.hands.Dice(fmt.Sprintf("dead on arrival %s %d", model, s.used[model+" fitted"]))
	return dice.Float64() >= float64(part.Dead)
}

// lacking says that a part cannot be had.
func lacking(model string) string {
	return "a " + strings.TrimSpace(model) + ", of which there is no spare and no order"
}
