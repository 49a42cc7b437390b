package recovery

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Communication is when clients are told what. PagerDuty's guide asks for a first word within 5 minutes and one every 20
// after that; a press release two hours late was what a parliament asked a carrier about (Optus, 2023).
type Communication struct {
	First   time.Duration `yaml:"first_notice,positive" doc:"from detection to the first notice; 15m by default"`
	Every   time.Duration `yaml:"every,positive" doc:"from one update to the next; 1h by default"`
	Channel yamlfile.Word `yaml:"channel" doc:"the workload that carries notices, such as a status page: while it is not served, nobody is told"`
}

// Chosen: what a team does that has no better plan.
const (
	defaultFirst = 15 * time.Minute
	defaultEvery = time.Hour
)

// news is what clients are told.
type news struct {
	crew   *crew
	number int
	over   bool
}

// begin plans the first notice.
func (n *news) begin(cause int) {
	c := n.crew.plan.Communication
	if c == nil {
		return
	}
	first := c.First
	if first == 0 {
		first = defaultFirst
	}
	n.crew.loop.Quietly(n.crew.now()+first, func() { n.update(cause) })
}

// update tells what is known, and plans to do so again for as long as anything can still happen.
func (n *news) update(cause int) {
	c := n.crew
	if n.over {
		return
	}
	if n.heard() {
		text, eta := n.outlook()
		n.tell(cause, text, eta)
	}
	if c.loop.Next() == sim.Never {
		return
	}
	every := c.plan.Communication.Every
	if every == 0 {
		every = defaultEvery
	}
	c.loop.Quietly(c.now()+every, func() { n.update(cause) })
}

// heard says whether notices get to anybody.
func (n *news) heard() bool {
	channel := n.crew.plan.Communication.Channel.Text
	return channel == "" || n.crew.view.there(channel)
}

func (n *news) tell(cause int, text string, eta time.Duration) {
	n.number++
	n.crew.say(cause, "notice", sim.NoticeData{Number: n.number, Text: text, ETA: sim.Seconds(eta)})
}

// end tells that all is well.
func (n *news) end(cause int) {
	if n.crew.plan.Communication != nil && !n.over {
		n.over = true
		n.tell(cause, "all services are back", 0)
	}
}

// outlook is what an honest team would say: nothing before it knows what is wrong, then when the part comes and how long
// the machines after it take, at the mean of what each takes and with all hands that are there.
func (n *news) outlook() (text string, eta time.Duration) {
	c := n.crew
	left, from := 0, c.now()
	for _, g := range c.machines {
		if g.down {
			left++
		}
	}
	switch storage := c.marks.storage && !c.marks.reached[sim.StorageUp]; {
	case storage && len(c.shelf.due) == 0:
		return "the cause is being looked for", 0
	case storage:
		from = max(from, c.shelf.due[0]+c.plan.Times.Fit.takes.Mean())
		text = "a part is on its way"
	default:
		text = fmt.Sprintf("%d servers are still to be restarted", left)
	}
	return text, from + c.restartTime(left)
}

// restartTime is how long so many machines take all who are there.
func (c *crew) restartTime(machines int) time.Duration {
	hands := 0
	for _, p := range c.people {
		if p.team.can("vm") && p.team.on(c.start, c.now()) {
			hands++
		}
	}
	each := c.plan.Times.Cycle.takes.Mean()
	if r := c.plan.Times.Repair; r != nil {
		each += time.Duration(float64(r.Chance) * float64(r.takes.Mean()))
	}
	return each * time.Duration(machines) / time.Duration(max(1, hands))
}
