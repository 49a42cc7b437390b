package check

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	sim.Checks.Register("during", "how a workload is from one moment to another: whether it answers pings, and whether it is served",
		func() sim.Check { return new(During) })
}

// During looks at every member of a workload over a stretch of the run. What is ok is so all the time; what is stalled or
// silent is not so at any time.
type During struct {
	Workload string `yaml:"workload,required" doc:"the workload it speaks of"`
	Ping     string `yaml:"ping" enum:"ok|silent" doc:"whether its members answer pings"`
	Write    string `yaml:"write" enum:"ok|stalled" doc:"whether they are served: for a virtual machine, whether its writes are safe"`
	From     string `yaml:"from" doc:"a milestone, a time or a time of day; the beginning by default"`
	To       string `yaml:"to" doc:"likewise; the end by default"`

	from, to edge
}

// edge is one end of the stretch: a milestone, or a time.
type edge struct {
	milestone string
	at        time.Duration
}

// Resolve looks for the workload, what of it is looked at, and the two moments.
func (c *During) Resolve(sc *sim.Scenario) error {
	if c.Ping == "" && c.Write == "" {
		return errors.New(`asks for nothing: give {ping: ok, write: stalled}`)
	}
	var errFrom, errTo error
	c.from, errFrom = newEdge(sc, c.From, 0)
	c.to, errTo = newEdge(sc, c.To, sim.Never)
	if err := errors.Join(resolve(sc, c.Workload, ""), errFrom, errTo); err != nil {
		return err
	}
	for _, u := range sc.Uses {
		if u.ID == c.Workload && c.Ping != "" && len(u.Watches) == 0 {
			return fmt.Errorf("nobody pings %s", c.Workload)
		}
	}
	return nil
}

func newEdge(sc *sim.Scenario, text string, byDefault time.Duration) (edge, error) {
	switch {
	case text == "":
		return edge{at: byDefault}, nil
	case text[0] >= '0' && text[0] <= '9':
		at, err := sim.Moment(text, sc.Start)
		return edge{at: at}, err
	}
	return edge{milestone: text}, milestone(sc, text)
}

// edgeFuzz is how much later or sooner than the last member others get to a milestone. Chosen: hosts find their paths
// within two seconds of one another (sim/model), and those who watch them know it some time after.
const edgeFuzz = 5 * time.Second

// find is the edge in a log; false when the log has no such milestone. By is how far inside the stretch a milestone counts.
func (e edge) find(log *sim.Log, by time.Duration) (time.Duration, bool) {
	if e.milestone == "" {
		return e.at, true
	}
	at, seq := reached(log, e.milestone)
	return at + by, seq != 0
}

// Judge looks at every member.
func (c *During) Judge(log *sim.Log) sim.Judgement {
	j := sim.Judgement{Want: c.want()}
	r := &run{log: log, History: sim.HistoryOf(log)}
	from, begins := c.from.find(log, edgeFuzz)
	to, ends := c.to.find(log, -edgeFuzz)
	end, _ := r.End()
	to = min(to, end)
	switch members := r.Members(c.Workload); {
	case !r.Steady() || len(members) == 0:
		j.Outcome, j.Got = sim.Inconclusive, "the log has no steady state of "+c.Workload
		return j
	case !begins || !ends || to <= from:
		j.Got = "there is no such time: " + c.missing(begins, ends)
		return j
	}
	j.Outcome, j.Got = sim.Passed, fmt.Sprintf("all the time, from %s to %s", moment(log, from), moment(log, to))
	for _, m := range r.Members(c.Workload) {
		c.look(r, &j, sim.WatchOf(m, "ping"), c.Ping, "answers pings", from, to)
		c.look(r, &j, m, c.Write, "is served", from, to)
	}
	return j
}

func (c *During) missing(begins, ends bool) string {
	switch {
	case !begins:
		return c.From + " was not reached"
	case !ends:
		return c.To + " was not reached"
	}
	return "it ends before it begins"
}

func (c *During) want() string {
	var want []string
	if c.Ping != "" {
		want = append(want, "ping "+c.Ping)
	}
	if c.Write != "" {
		want = append(want, "write "+c.Write)
	}
	text := c.Workload + ": " + strings.Join(want, " and ")
	if c.From != "" {
		text += " from " + c.From
	}
	if c.To != "" {
		text += " to " + c.To
	}
	return text
}

// look holds one subject against what is wanted of it. Edges are as fuzzy as measurements are: an outage that reaches
// into the stretch by less than its resolution does not.
func (c *During) look(r *run, j *sim.Judgement, subject, want, what string, from, to time.Duration) {
	if want == "" || j.Outcome == sim.Failed {
		return
	}
	gone := time.Duration(0)
	for _, o := range r.OutagesOf(subject) {
		until := o.To
		if o.Open {
			until = to
		}
		if inside := min(until, to) - max(o.From, from); inside > o.Resolution+sim.Slack {
			gone += inside
			j.Evidence = append(j.Evidence, events(o)...)
		}
	}
	if ok := want == "ok"; ok && gone > 0 || !ok && gone+sim.Slack < to-from {
		j.Outcome, j.Got = sim.Failed, fmt.Sprintf("%s %s for %s of %s", subject, what, round(to-from-gone), round(to-from))
	}
}
