package recovery

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// crew is the people at work in one run.
type crew struct {
	plan  *Plan
	hands *sim.Hands
	loop  *sim.Loop
	start time.Time

	view   *view
	people []*person
	shelf  *shelf
	queue  []*task // by urgency
	tasks  int     // ever made
	harmed map[*SideEffect]int
	ways   map[*Work][]way // what work cannot be done without

	alarm    int           // the event that began it; 0: all is quiet
	since    time.Duration // when that was
	detected bool
	stirred  bool
	unsaid   bool // of what some tasks wait for
	changed  []change
	machines []*guest
	batch    map[int]*scripted // by turn: the one that machines are still added to
	batches  int
	// scripting: the script is at a go. At_once is all that it restarts at a time, however many people there are.
	scripting bool
	marks     milestones
	finder    finder
	news      news
	rolling   map[*topology.Node]bool // somebody takes a change back there, or will
	nextLook  func()                  // cancels the look that is planned for when more is known
	nextCare  func()                  // cancels the next look at all machines
	// nextShift cancels the look that is planned for when the next team comes.
	nextShift func()
}

func newCrew(p *Plan, h *sim.Hands) *crew {
	sc := h.Scenario()
	c := &crew{
		plan: p, hands: h, loop: h.Loop(), start: sc.Start, view: newView(sc, h.Loop().Now), people: newPeople(p),
		harmed: map[*SideEffect]int{}, ways: map[*Work][]way{}, batch: map[int]*scripted{}, rolling: map[*topology.Node]bool{}, nextShift: func() {}, nextCare: func() {}, nextLook: func() {},
	}
	c.shelf = newShelf(c)
	c.marks = milestones{crew: c, reached: map[string]bool{}}
	c.finder = finder{crew: c, looked: map[*topology.Link]bool{}}
	c.news = news{crew: c}
	for _, m := range h.Guests() {
		g := c.view.members[m.Subject()].guest
		g.place = len(c.machines)
		for _, need := range g.member.Workload.Needs {
			g.needs = append(g.needs, way{need + sim.Needed, c.view.uses[need]})
		}
		c.machines = append(c.machines, g)
	}
	return c
}

func (c *crew) now() time.Duration { return c.loop.Moment() }

// say writes something down.
func (c *crew) say(cause int, subject string, d sim.Data) int {
	return c.hands.Log().Add(cause, subject, d)
}

// see takes in an event of the log, as far as people can see it.
func (c *crew) see(e sim.Event) {
	switch e.Data.(type) {
	case sim.DownData, sim.UpData, sim.GuestData, sim.PathsData, sim.CarrierData, sim.StageData:
	default:
		return
	}
	g := c.view.see(e)
	c.marks.see(e)
	c.raise(e)
	switch {
	case !c.detected:
	case g != nil:
		c.changed = append(c.changed, change{g, c.now()})
	case c.restored(e):
		c.careSoon()
	}
	c.stir()
}

// restored says whether machines may be restarted after an event that could not be before it.
func (c *crew) restored(e sim.Event) bool {
	switch d := e.Data.(type) {
	case sim.PathsData:
		return !c.view.stores[e.Subject]
	case sim.StageData:
		return d.Stage == topology.Forwarding.String()
	}
	return false
}

// stir has people look round before this instant is over.
func (c *crew) stir() {
	if c.stirred {
		return
	}
	c.stirred = true
	c.loop.After(0, func() {
		c.stirred = false
		c.look()
	})
}

// look is what people do whenever something has changed.
func (c *crew) look() {
	c.marks.look()
	if c.detected {
		c.finder.look()
		c.learn()
	}
	c.assign()
}

// change is a machine that has changed, and when.
type change struct {
	of *guest
	at time.Duration
}

// learn looks after the machines whose changes are known by now.
func (c *crew) learn() {
	for len(c.changed) > 0 && c.changed[0].at+known <= c.now() {
		g := c.changed[0].of
		c.changed = c.changed[1:]
		c.care(g)
	}
}

// rest says what people still wait for when nothing can happen any more.
func (c *crew) rest() {
	for _, t := range c.queue {
		c.say(t.cause, t.name, sim.TaskData{State: sim.TaskStuck, On: t.on, For: c.lacking(t)})
	}
	if len(c.queue) == 0 && c.alarm != 0 && c.stillDown() {
		c.say(c.alarm, "diagnose", sim.TaskData{State: sim.TaskStuck, For: "somebody who finds out what is wrong"})
	}
}

// lacking is what a task waits for that will never come.
func (c *crew) lacking(t *task) string {
	if lack := c.waits(t); lack != "" {
		return lack
	}
	return "a person who can do it"
}

func (c *crew) stillDown() bool {
	for _, u := range c.view.uses {
		if u.unwell > 0 {
			return true
		}
	}
	return false
}
