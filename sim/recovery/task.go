package recovery

import (
	"cmp"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// task is a piece of work for one person.
type task struct {
	name  string
	on    string
	work  *Work
	skill string
	// phase and turn say what is more urgent, the lower the sooner; then comes the machine that the file names first, and
	// what was there first. What happens at nearly one instant in both worlds then has one order in both.
	phase, turn, place, seq int
	cause                   int
	// fast and slow are how long it takes, with and without access. The dice are thrown when it is made, so that who does
	// it and when changes nothing about it.
	fast, slow time.Duration
	ways       []way // what it needs to be there
	// lacks says what else it waits for; empty when it can begin.
	lacks func() string
	// own is the workload that the task is about: nobody waits for a tool in order to repair that tool.
	own string
	// begin and end are what is done then. What end returns was found out. Either may be nil.
	begin func(sim.Act)
	end   func(sim.Act) (found string)

	told    string // what the log was told that it waits for
	awaited bool   // somebody is on the way to it
}

// Phases of an incident: what is more urgent than what.
const (
	phaseNotice = iota
	phaseNetwork
	phaseDiagnose
	phaseRestart
	phaseRepair
	phaseTest
	phaseVerify
)

// byUrgency orders tasks.
func byUrgency(a, b *task) int {
	return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.turn, b.turn), cmp.Compare(a.phase, b.phase),
		cmp.Compare(a.place, b.place), cmp.Compare(a.seq, b.seq))
}

// rank puts restarts and repairs together: a machine that others need is repaired before those are restarted.
func (t *task) rank() int {
	if t.phase == phaseRepair {
		return phaseRestart
	}
	return t.phase
}

// add puts a task in the queue.
func (c *crew) add(t *task) {
	dice := c.hands.Dice(t.name + " " + t.on)
	if t.fast == 0 {
		t.fast = t.work.takes.draw(dice)
	}
	t.slow = t.fast
	if t.work.Without != nil {
		t.slow = t.work.Without.draw(dice)
	}
	t.ways = c.waysOf(t.work)
	c.tasks++
	t.seq = c.tasks
	at := len(c.queue)
	for at > 0 && byUrgency(c.queue[at-1], t) > 0 {
		at--
	}
	c.queue = append(c.queue, nil)
	copy(c.queue[at+1:], c.queue[at:])
	c.queue[at] = t
	c.unsaid = true
	c.stir()
}

// waits says what a task waits for beside a person; empty when it can begin.
func (c *crew) waits(t *task) string {
	if t.lacks != nil {
		if lack := t.lacks(); lack != "" {
			return lack
		}
	}
	if missing := c.missing(t); missing != "" && t.work.Without == nil && t.own != missing {
		return missing
	}
	return ""
}

// takes is how long a task takes that begins now.
func (c *crew) takes(t *task) time.Duration {
	if c.missing(t) != "" {
		return t.slow
	}
	return t.fast
}

// missing is the access that a task lacks at present.
func (c *crew) missing(t *task) string {
	for _, w := range t.ways {
		if !c.view.knows(w.use) {
			return w.name
		}
	}
	return ""
}

// way is something that has to be there, as people say it, and the workload that it is.
type way struct {
	name string
	use  *use
}

// waysOf looks up what work needs. People travel, and out-of-band access that no workload carries is always there.
func (c *crew) waysOf(w *Work) []way {
	if ways, ok := c.ways[w]; ok {
		return ways
	}
	var ways []way
	for _, a := range w.Access {
		workload := a
		if a == outOfBand {
			workload = c.plan.OutOfBand.Text
		}
		if a != onSite && workload != "" {
			ways = append(ways, way{a, c.view.uses[workload]})
		}
	}
	c.ways[w] = ways
	return ways
}
