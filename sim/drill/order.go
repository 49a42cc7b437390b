package drill

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// step is a line of the running order: something that comes, and what the facilitator does until it has.
type step struct {
	at    time.Duration // as far as it can be told beforehand
	sure  bool
	until string // when it comes, in words
	press string
	name  string
	to    string
	what  string
	then  string
}

// afterDecision is what is pressed for what waits for a decision, which may be another than the one that it waits for.
const afterDecision = "Jump to next, if the table has decided so"

// order is how a drill goes if nobody does anything unforeseen: injects and decisions in the order of their times, those
// that wait for something after it. What waits for the plant, or for the facilitator, has no place in it.
func (s *Script) order(sc *sim.Scenario) []step {
	var all []step
	for _, x := range s.Injects {
		in := x.Value
		at, sure, known := s.expected(sc, in.At, in.When, in.After, 0)
		if !known {
			continue
		}
		all = append(all, step{
			at: at, sure: sure, until: comes(sc, in), name: x.Key, to: s.called(in.To), what: via(in.Via) + ": " + in.Text, then: in.Expect,
		})
	}
	for _, d := range s.Decisions {
		at, sure, known := s.expected(sc, d.Value.At, d.Value.When, d.Value.After, 0)
		if !known {
			continue
		}
		all = append(all, step{
			at: at, sure: sure, until: comes(sc, Inject{At: d.Value.At, When: d.Value.When, After: d.Value.After}), name: d.Key,
			to: s.called(d.Value.To), what: "asks: " + d.Value.Text, then: "press what the table decides, under Decisions",
		})
	}
	slices.SortStableFunc(all, func(a, b step) int { return int(a.at - b.at) })
	before := time.Duration(0)
	for i := range all {
		all[i].press = pace(all[i].at - before)
		before = all[i].at
		if !all[i].sure {
			all[i].press = afterDecision
		}
	}
	return all
}

// talk is how long a table is thought to take over a decision, where the running order has to guess (chosen).
const talk = 5 * time.Minute

// expected is when something comes, as far as can be told; known is false for what may never come. It follows what it
// waits for, deep as a script can be.
func (s *Script) expected(sc *sim.Scenario, at *time.Duration, when *Moment, after time.Duration, deep int) (t time.Duration, sure, known bool) {
	switch {
	case at != nil:
		return *at, true, true
	case when == nil || deep > len(s.Injects)+len(s.Decisions):
		return 0, false, false
	}
	if in := s.Injects.Lookup(when.Inject); in != nil {
		t, sure, known = s.expected(sc, in.At, in.When, in.After, deep+1)
		return t + after, sure, known
	}
	if d := s.Decisions.Lookup(when.Decision); d != nil {
		t, _, known = s.expected(sc, d.At, d.When, d.After, deep+1)
		return t + talk + after, false, known
	}
	for _, e := range sc.Timeline {
		if e.ID == when.Fault && e.When == nil {
			return e.At + after, true, true
		}
	}
	return 0, false, false
}

// pace is which button suits a stretch of time: nobody looks at a clock for longer than some minutes (chosen).
func pace(stretch time.Duration) string {
	switch {
	case stretch <= 0:
		return "-"
	case stretch <= 5*time.Minute:
		return "Run"
	case stretch <= 30*time.Minute:
		return "10×, or Jump to next"
	}
	return "Jump to next"
}

// called is what a role is called; nobody in particular is everybody.
func (s *Script) called(role string) string {
	if role == "" {
		return "everybody"
	}
	return s.title(role)
}

// runningOrder writes the order as a table.
func runningOrder(p *paper, s *Script, sc *sim.Scenario) {
	p.head("#", "when", "press", "comes", "to", "what", "then")
	for i, x := range s.order(sc) {
		p.row(fmt.Sprint(i+1), x.until, x.press, x.name, x.to, x.what, x.then)
	}
	var others []string
	for _, x := range s.Injects {
		if _, _, known := s.expected(sc, x.Value.At, x.Value.When, x.Value.After, 0); !known {
			others = append(others, fmt.Sprintf("%s (%s)", x.Key, comes(sc, x.Value)))
		}
	}
	p.line("\nThen press Jump to next from one piece of work to the next, and enter what the table does, until \"The truth\" shows every")
	p.line("workload served; then ENDEX.")
	if len(others) > 0 {
		p.line("\nWhen it comes to that, or when you fire it: %s.", strings.Join(others, "; "))
	}
}
