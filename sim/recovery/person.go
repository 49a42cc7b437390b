package recovery

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// person is one of a team.
type person struct {
	team    *Team
	of      string // the team's name
	name    string
	task    *task
	there   bool          // at the plant
	briefed time.Duration // until when the latest hand-over counts; 0: never had one
}

func newPeople(p *Plan) []*person {
	var all []*person
	for i := range p.Teams {
		t := &p.Teams[i].Value
		for n := range t.People {
			name := p.Teams[i].Key
			if t.People > 1 {
				name = fmt.Sprintf("%s/%d", name, n+1)
			}
			all = append(all, &person{team: t, of: p.Teams[i].Key, name: name, there: t.Travel == 0})
		}
	}
	return all
}

// assign gives tasks to people who are free, the most urgent first.
func (c *crew) assign() {
	for _, p := range c.people {
		if p.task == nil && len(c.queue) > 0 && p.team.on(c.start, c.now()) {
			c.employ(p)
		}
	}
	if c.unsaid || c.view.turned {
		c.tellWaiting()
		c.unsaid, c.view.turned = false, c.now() < c.view.settles
	}
	c.wakeForShift()
	c.wakeForNews()
}

// wakeForNews looks again once more is known, unless all who are there are busy: they learn it afterwards.
func (c *crew) wakeForNews() {
	c.nextLook()
	c.nextLook = func() {}
	busy := func(p *person) bool { return p.task != nil }
	idle := func(p *person) bool { return !busy(p) && p.team.on(c.start, c.now()) }
	if c.now() < c.view.fresh && (slices.ContainsFunc(c.people, idle) || !slices.ContainsFunc(c.people, busy)) {
		c.nextLook = c.loop.Quietly(c.view.fresh, c.stir)
	}
}

// employ finds a task for a person, or what they must do before it.
func (c *crew) employ(p *person) {
	for i, t := range c.queue {
		if !p.team.can(t.skill) || t.awaited && !p.there || c.waits(t) != "" {
			continue
		}
		switch {
		case c.mustBeBriefed(p):
			c.brief(p)
		case slices.Contains(t.work.Access, onSite) && !p.there:
			c.travel(p, t)
		default:
			c.queue = slices.Delete(c.queue, i, i+1)
			c.work(p, t)
		}
		return
	}
}

// mustBeBriefed says whether a person has come into an incident that began before their shift.
func (c *crew) mustBeBriefed(p *person) bool {
	if p.team.Handover == 0 || p.team.Shift == "" || c.now() < p.briefed {
		return false
	}
	return !p.team.on(c.start, c.since)
}

// brief has somebody listen to those who have been at it.
func (c *crew) brief(p *person) {
	p.briefed = c.now() + day/2 // a shift is shorter, and the next one a day later
	c.busy(p, &task{name: "handover", work: &Work{}, cause: c.alarm}, p.team.Handover)
}

// travel has somebody come to the plant, for a task that waits for them.
func (c *crew) travel(p *person, for_ *task) {
	for_.awaited = true
	c.busy(p, &task{
		name: "travel", work: &Work{}, cause: for_.cause,
		end: func(sim.Act) string {
			p.there, for_.awaited = true, false
			return ""
		},
	}, p.team.Travel)
}

// work has a person do a task, at their pace.
func (c *crew) work(p *person, t *task) {
	c.busy(p, t, p.team.slowed(c.takes(t), c.start, c.now(), c.since))
}

// busy has a person do a task for as long as it takes.
func (c *crew) busy(p *person, t *task, takes time.Duration) {
	seq := c.say(t.cause, t.name, sim.TaskData{State: sim.TaskBegun, On: t.on, By: p.name})
	act := sim.Act{By: p.of, Why: t.name, Cause: seq}
	p.task = t
	if t.begin != nil {
		t.begin(act)
	}
	if len(t.work.SideEffects) > 0 {
		c.loop.After(takes/2, func() { c.harm(t, act) })
	}
	c.later(t, takes, func() {
		found := ""
		if t.end != nil {
			found = t.end(act)
		}
		p.task = nil
		c.say(seq, t.name, sim.TaskData{State: sim.TaskEnded, On: t.on, By: p.name, Found: found})
		c.stir()
	})
}

// later comes back to a task. Only work on the network changes the network.
func (c *crew) later(t *task, takes time.Duration, f func()) {
	if t.phase == phaseNetwork {
		c.loop.After(takes, f)
		return
	}
	c.loop.Quietly(c.now()+takes, f)
}

// harm does what a task does in passing.
func (c *crew) harm(t *task, act sim.Act) {
	for i := range t.work.SideEffects {
		s := &t.work.SideEffects[i].Value
		c.harmed[s]++
		if s.Count == 0 || c.harmed[s] <= s.Count {
			c.hands.Harm(act, s.links, s.Outage)
		}
	}
}

// tellWaiting writes down what tasks wait for, whenever that is something else.
func (c *crew) tellWaiting() {
	for _, t := range c.queue {
		if t.told != "" && !c.view.turned {
			continue
		}
		lack := c.waits(t)
		if lack == "" {
			lack = "a person"
		}
		if lack != t.told {
			t.told = lack
			c.say(t.cause, t.name, sim.TaskData{State: sim.TaskWaiting, On: t.on, For: lack})
		}
	}
}

// wakeForShift looks again when the next team comes, while there is something to do for it.
func (c *crew) wakeForShift() {
	c.nextShift()
	c.nextShift = func() {}
	next := sim.Never
	for i := range c.plan.Teams {
		t := &c.plan.Teams[i].Value
		if len(c.queue) > 0 && !t.on(c.start, c.now()) && c.useful(t) {
			next = min(next, t.next(c.start, c.now()))
		}
	}
	if next != sim.Never {
		c.nextShift = c.loop.Quietly(next, c.stir)
	}
}

// useful says whether there is a task that a team could do, if it were there.
func (c *crew) useful(team *Team) bool {
	return slices.ContainsFunc(c.queue, func(t *task) bool { return team.can(t.skill) && c.waits(t) == "" })
}
