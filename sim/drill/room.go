package drill

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/recovery"
)

// Phase is how far a drill has come.
type Phase string

// A drill stands before STARTEX, and after ENDEX nothing on the plant moves any more. A real emergency stops play and
// keeps everything, so that it can be resumed.
const (
	Waiting   Phase = "waiting"
	Running   Phase = "running"
	Paused    Phase = "paused"
	Emergency Phase = "emergency"
	Ended     Phase = "endex"
	HotWash   Phase = "hot-wash" // nothing is hidden any more
)

// Room is a drill going on. All methods are called on the loop of its run.
type Room struct {
	Script *Script
	clock  Watch
	sc     *sim.Scenario
	run    *sim.Run
	log    *sim.Log
	phase  Phase
	cause  int // the command being carried out

	items  []*item // injects and decisions, in the order of the script
	tasks  []*task
	typed  int
	asking int // questions so far

	steered   int // how often somebody has steered the clock
	steeredBy string

	monitor *monitor
	stock   *recovery.Stock // nil: parts and tools are not scarce
	changed func()
	rerun   Rerun           // nil: remedies are not played
	begun   map[string]bool // entries of the timeline that have
}

// item is an inject or a decision, and what has become of it.
type item struct {
	id       string
	inject   *Inject
	decision *Decision

	at      time.Duration // when it is due; sim.Never: not by time, or not yet
	cancel  func()
	held    bool
	given   time.Duration // when it was delivered; sim.Never: not yet
	decided string        // the option
	number  int           // of a question, from 1, once it is asked
}

// newRoom opens the room of a run that has its steady state. Changed is called after everything that changes what
// somebody may see.
func newRoom(s *Script, sc *sim.Scenario, c Watch, run *sim.Run, changed func()) *Room {
	r := &Room{Script: s, clock: c, sc: sc, run: run, log: run.Hands().Log(), phase: Waiting, changed: changed, begun: map[string]bool{}}
	for i := range s.Injects {
		r.items = append(r.items, newItem(s.Injects[i].Key, &s.Injects[i].Value, nil))
	}
	for i := range s.Decisions {
		r.items = append(r.items, newItem(s.Decisions[i].Key, nil, &s.Decisions[i].Value))
	}
	for _, x := range r.items {
		r.plan(x)
	}
	r.monitor = newMonitor(s, sc, r.log)
	r.log.Listen(r.see)
	return r
}

func newItem(id string, in *Inject, d *Decision) *item {
	return &item{id: id, inject: in, decision: d, at: sim.Never, given: sim.Never, cancel: func() {}}
}

// see notes what has happened, and that pages have something to show.
func (r *Room) see(e sim.Event) {
	r.monitor.see(e)
	if _, fault := e.Data.(sim.FaultData); fault {
		r.begun[e.Subject] = true
	}
	r.changed()
}

// plan has an item come when its time or its moment does.
func (r *Room) plan(x *item) {
	at, when, after := x.timing()
	switch {
	case at != nil:
		r.due(x, *at)
	case when != nil:
		r.log.Listen(func(e sim.Event) {
			if x.at == sim.Never && x.given == sim.Never && when.matches(e) {
				r.due(x, r.now()+after)
			}
		})
	}
}

func (x *item) timing() (at *time.Duration, when *Moment, after time.Duration) {
	if x.inject != nil {
		return x.inject.At, x.inject.When, x.inject.After
	}
	return x.decision.At, x.decision.When, x.decision.After
}

func (r *Room) due(x *item, at time.Duration) {
	x.at = at
	x.cancel = r.run.Loop().At(at, func() {
		if !x.held {
			r.give(x)
		}
	})
}

// now is the present as people say it: what is to come some minutes after it comes on the minute, in any world.
func (r *Room) now() time.Duration { return r.clock.Now().Truncate(grain) }

// matches says whether an event is the moment that is waited for.
func (m *Moment) matches(e sim.Event) bool {
	switch d := e.Data.(type) {
	case sim.InjectData:
		return m.Inject != "" && e.Subject == m.Inject
	case sim.DecidedData:
		return m.Decision != "" && e.Subject == m.Decision && (m.Option == "" || m.Option == d.Option)
	case sim.DownData:
		return m.Down != "" && workloadOf(e.Subject) == m.Down
	case sim.UpData:
		return m.Up != "" && d.To > d.From && workloadOf(e.Subject) == m.Up
	case sim.FaultData:
		return m.Fault != "" && e.Subject == m.Fault
	}
	return false
}

// give tells the table what an item says.
func (r *Room) give(x *item) {
	if x.given != sim.Never || r.over() { // after ENDEX a real plant may still be settling
		return
	}
	x.cancel()
	x.held, x.given = false, r.clock.Now()
	if in := x.inject; in != nil {
		r.log.Add(r.cause, x.id, sim.InjectData{To: in.To, Via: via(in.Via), From: in.From, Text: in.Text})
		return
	}
	r.asking++
	x.number = r.asking
	r.log.Add(r.cause, x.id, sim.AskedData{To: x.decision.To, Text: x.decision.Text})
}

func via(v string) string {
	if v == "" {
		return "call"
	}
	return v
}

// enter changes the phase, and says why.
func (r *Room) enter(p Phase, why string) {
	r.phase = p
	r.log.Add(r.cause, "", sim.PhaseData{Phase: string(p), Why: why})
}

// over says whether the drill has ended.
func (r *Room) over() bool { return r.phase == Ended || r.phase == HotWash }

// item finds an inject or a decision.
func (r *Room) item(id string) (*item, error) {
	for _, x := range r.items {
		if x.id == id {
			return x, nil
		}
	}
	return nil, fmt.Errorf("nothing in the script is called %q", id)
}
