package sim

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Engine makes worlds of one sort, each with the clock it lives by.
type Engine interface {
	// Clock makes the clock of the next world. It stands before time 0 until the run calls Zero.
	Clock() RunClock
	// Open builds the plant: when it returns, every node stands, every link is up, nothing talks yet.
	Open(ctx context.Context, clock RunClock, env Env) (World, error)
}

// RunClock is a clock that can be set to 0 once.
type RunClock interface {
	Clock
	// Zero makes the present moment time 0: the steady state has been seen, the timeline begins.
	Zero()
	// Wall is the real time for the log's events; nil where there is none.
	Wall() func() time.Time
}

// Options of a run; the zero value plays a scenario as it is.
type Options struct {
	Program  string // name and version, for the header
	Phase    float64
	RealTime bool
	// Listen is called with every event, on the loop.
	Listen func(Event)
	// Explain is called once after the last thing happened and before the verdicts, to add events that re-runs of the
	// model give (BlameData, BoundsData).
	Explain func(*Log) error
	// Serve is called on the loop once the steady state holds, for those who steer the run from outside.
	Serve func(*Run)
	// Stay keeps the run going when nothing is left to happen, whatever the scenario's end, until its context ends.
	Stay bool
}

// steadyFor is how long workloads have to be served before the first fault: a cold start of a loaded machine with 300
// members took 3 s (measured); ten times that is not steady but broken.
const steadyFor = 30 * time.Second

// DefaultUntil is the longest run of a scenario that names no end: nobody drills for more than a day.
const DefaultUntil = 24 * time.Hour

// Run is a scenario being played.
type Run struct {
	sc    *Scenario
	opts  Options
	env   Env
	clock RunClock
	world World
	hw    *Hardware
	root  *Scope
	// active scopes by entry, and how often a trigger has been seen
	active map[string]*Scope
	begun  map[string]int
	real   realTime
}

// Play plays a scenario and returns its log, which is whole even when an error or the end of ctx cut the run short.
// Ctx ending is no error: the log then ends with "interrupted".
func Play(ctx context.Context, engine Engine, sc *Scenario, opts Options) (*Log, error) {
	clock := engine.Clock()
	r := &Run{sc: sc, opts: opts, clock: clock, active: map[string]*Scope{}, begun: map[string]int{}}
	r.real.start("build")
	log := NewLog(clock.Now, clock.Wall())
	r.env = Env{Plant: sc.Plant, Loop: NewLoop(clock), Log: log, Phase: opts.Phase}
	if opts.Listen != nil {
		log.Listen(opts.Listen)
	}
	var err error
	if r.world, err = engine.Open(ctx, clock, r.env); err != nil {
		return log, err
	}
	err = r.play(ctx)
	r.unwind()
	return log, errors.Join(err, r.world.Close())
}

// Inject begins an entry now; it is how timeline, drill and command line all do it. On the loop.
//
// An entry ends by its `for:`, by Heal, or by itself when its fault has run its course: all that it had planned has
// happened and every node that it rebooted is in service again. One that plans nothing (a cable pulled) stays.
func (r *Run) Inject(e *Entry) error {
	if r.active[e.ID] != nil {
		return fmt.Errorf("inject %s: it is already going on", e.ID)
	}
	r.begun[e.ID] = r.env.Log.Add(0, e.ID, FaultData{Fault: e.Kind, Text: e.Text, By: e.By, For: Seconds(e.For)})
	s := r.scope(e)
	r.active[e.ID] = s
	s.begin() // itself, so that nothing can end it before it has begun
	if err := e.Fault.Inject(s); err != nil {
		delete(r.active, e.ID)
		s.Release()
		return fmt.Errorf("inject %s: %w", e.ID, err)
	}
	if s.pending > 1 {
		s.end()
	}
	return nil
}

// scope makes what an entry does its harm through.
func (r *Run) scope(e *Entry) *Scope {
	s := r.root.Sub()
	s.cause, s.Lasts, s.Rand = r.begun[e.ID], e.For, dice(r.sc.Seed, e.ID)
	end := func() { r.heal(e.ID) }
	s.onIdle = end
	if e.For > 0 {
		s.begin() // never ended: the entry lasts as long as it says
		s.undo = append(s.undo, r.env.Loop.After(e.For, end))
	}
	return s
}

// Heal ends an entry now. On the loop.
func (r *Run) Heal(id string) error {
	if r.active[id] == nil {
		return fmt.Errorf("heal %s: nothing of that name is going on", id)
	}
	r.heal(id)
	return nil
}

// Active lists the entries that are going on, in order of the timeline, then of injection.
func (r *Run) Active() []string { return sortedKeys(r.active) }

// Loop is where everything about the run must be called.
func (r *Run) Loop() *Loop { return r.env.Loop }

// World is the world it is played in.
func (r *Run) World() World { return r.world }

func (r *Run) heal(id string) {
	s := r.active[id]
	if s == nil {
		return
	}
	delete(r.active, id)
	s.cause = r.env.Log.Add(r.begun[id], id, HealedData{})
	s.Release()
}

// dice gives every entry a stream of its own, so that adding a fault never reshuffles the others'.
func dice(seed uint64, id string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

func (r *Run) play(ctx context.Context) error {
	r.env.Log.Add(0, "", r.header())
	r.hw = NewHardware(r.env, r.world)
	r.root = &Scope{Plant: r.sc.Plant, hw: r.hw, loop: r.env.Loop, Rand: dice(r.sc.Seed, "")}
	steady, err := r.steady(ctx)
	if err != nil || !steady {
		return r.finish(ctx, "not steady", err)
	}
	r.env.Loop.zero(r.clock)
	r.real.start("play")
	r.schedule()
	if r.opts.Serve != nil {
		r.opts.Serve(r)
	}
	reason, err := r.playOn(ctx)
	return r.finish(ctx, reason, errors.Join(err, r.hw.Err()))
}

// playOn plays until nothing can happen any more, or for as long as those who steer the run from outside want.
func (r *Run) playOn(ctx context.Context) (reason string, err error) {
	loop, until := r.env.Loop, r.until()
	failed := func() bool { return r.hw.Err() != nil }
	for {
		err = loop.Run(ctx, until, failed)
		if err == nil && r.opts.Stay && !failed() {
			err = loop.Rest(ctx)
		}
		switch {
		case r.opts.Stay && errors.Is(err, context.Canceled) && ctx.Err() != nil:
			return "played", nil // that is how they say that they are done
		case err != nil || failed():
			return "", err
		case r.opts.Stay:
		case loop.Next() != Never:
			return "horizon", nil
		default:
			return "played", nil
		}
	}
}

func (r *Run) until() time.Duration {
	switch {
	case r.opts.Stay:
		return Never
	case r.sc.Until > 0:
		return r.sc.Until
	}
	return DefaultUntil
}

// steady starts every member and waits until all are served.
func (r *Run) steady(ctx context.Context) (bool, error) {
	r.real.start("steady")
	served := newServedView(r.sc.Uses)
	r.env.Log.Listen(served.see)
	for _, u := range r.sc.Uses {
		for _, m := range u.Members {
			if err := r.world.Start(m); err != nil {
				return false, fmt.Errorf("start %s: %w", m.Subject(), err)
			}
		}
	}
	deadline := r.env.Loop.Now() + steadyFor
	late := false
	cancel := r.env.Loop.At(deadline, func() { late = true })
	err := r.env.Loop.Run(ctx, deadline, func() bool { return served.all() || late || len(served.want) == 0 })
	cancel()
	if err != nil {
		return false, err
	}
	r.env.Log.Add(0, "", SteadyData{Members: len(served.want), Unserved: served.missing()})
	return served.all() || r.opts.Stay && len(served.want) == 0, nil
}

// schedule puts the timeline in the queue and arms the triggers.
func (r *Run) schedule() {
	for _, e := range r.sc.Timeline {
		if e.When == nil {
			r.env.Loop.At(e.At, func() { r.inject(e) })
			continue
		}
		seen := 0
		r.env.Log.Listen(func(ev Event) {
			if e.When.matches(ev) {
				seen++
				if seen == max(1, e.When.Count) {
					r.env.Loop.After(e.After, func() { r.inject(e) })
				}
			}
		})
	}
}

func (r *Run) inject(e *Entry) {
	if err := r.Inject(e); err != nil && r.hw.err == nil {
		r.hw.err = fmt.Errorf("%s: %w", e.Pos, err)
	}
}

// matches says whether an event is the one that the trigger waits for.
func (t *Trigger) matches(e Event) bool {
	if e.Data.Kind() != t.Kind || t.Subject != "" && e.Subject != t.Subject {
		return false
	}
	stage, isStage := e.Data.(StageData)
	return t.State == "" || isStage && stage.Stage == t.State
}

// finish ends the talk, explains, judges and closes the log.
func (r *Run) finish(ctx context.Context, reason string, err error) error {
	r.real.start("settle")
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		reason, err = "interrupted", nil
	} else if err != nil {
		reason = "failed: " + err.Error()
	}
	stopErr := r.world.Stop()
	if reason == "played" || reason == "horizon" {
		r.unproven()
		if r.opts.Explain != nil {
			err = errors.Join(err, r.opts.Explain(r.env.Log))
		}
	}
	// The verdicts come after the end: checks read from it how much there was to see.
	r.env.Log.Add(0, "", EndData{Reason: reason, Real: r.realSpent()})
	judge(r.env.Log, r.sc)
	return errors.Join(err, stopErr)
}

// unproven complains of every fault that no proof goes back to.
func (r *Run) unproven() {
	proven := map[int]bool{}
	for _, e := range r.env.Log.Events() {
		if _, ok := e.Data.(ProofData); ok {
			proven[r.env.Log.Fault(e.Cause).Seq] = true
		}
	}
	for _, e := range r.sc.Timeline {
		switch seq := r.begun[e.ID]; {
		case seq == 0:
			r.env.Log.Add(0, e.ID, UnprovenData{Missing: "it never began"})
		case !proven[seq]:
			r.env.Log.Add(seq, e.ID, UnprovenData{Missing: "no effect of it was seen"})
		}
	}
}

func judge(log *Log, sc *Scenario) {
	addVerdicts(log, "survive", sc.MustSurvive)
	addVerdicts(log, "expect", sc.Expect)
}

func addVerdicts(log *Log, part string, checks []*NamedCheck) {
	for _, c := range checks {
		j := c.Check.Judge(log)
		log.Add(0, c.ID, VerdictData{Part: part, Workload: c.Workload, Outcome: j.Outcome, Want: j.Want, Got: j.Got, Evidence: j.Evidence})
	}
}

// unwind undoes all that is still going on, after the log has ended.
func (r *Run) unwind() {
	if r.root == nil {
		return
	}
	r.hw.env.Log = NewLog(r.clock.Now, nil)
	r.root.Release()
}

func (r *Run) header() HeaderData {
	h := HeaderData{
		Format: Format, Program: r.opts.Program, World: r.world.Name(),
		Scenario: r.sc.Name, Story: r.sc.Story, Plant: plantLine(r.sc.Plant), Seed: r.sc.Seed, Phase: r.opts.Phase, RealTime: r.opts.RealTime,
		Topology: r.sc.TopologyText, Text: r.sc.Text, Capabilities: r.world.Capabilities(),
		Question: len(r.sc.Expect) == 0, Notes: r.sc.Plant.Notes,
	}
	if !r.sc.Start.IsZero() {
		h.Start = r.sc.Start.Format(time.RFC3339)
	}
	for _, u := range r.sc.Uses {
		h.Uses = append(h.Uses, UseData{u.ID, u.Kind, len(u.Members), u.Tier, Seconds(u.Workload.Tolerates()), u.Inferred})
	}
	for _, e := range r.sc.Timeline {
		h.Entries = append(h.Entries, EntryData{e.ID, e.Kind, e.Text, e.By})
	}
	return h
}

// plantLine says in a few words what was broken.
func plantLine(p *topology.Plant) string {
	return fmt.Sprintf("%s: %d nodes, %d links", p.Name, len(p.Nodes), len(p.Links))
}

// realSpent is left out where time is virtual: the same seed must give the same log.
func (r *Run) realSpent() map[string]Seconds {
	if r.clock.Wall() == nil {
		return nil
	}
	return r.real.spent()
}

// realTime keeps account of where real time goes.
type realTime struct {
	phase string
	since time.Time
	sums  map[string]Seconds
}

func (t *realTime) start(phase string) {
	now := time.Now()
	if t.sums == nil {
		t.sums = map[string]Seconds{}
	} else {
		t.sums[t.phase] += Seconds(now.Sub(t.since).Round(time.Millisecond))
	}
	t.phase, t.since = phase, now
}

func (t *realTime) spent() map[string]Seconds {
	t.start("")
	return t.sums
}

// servedView follows which members are served, from the log.
type servedView struct {
	want map[string]bool // by subject: served
	left int
}

func newServedView(uses []*Use) *servedView {
	v := &servedView{want: map[string]bool{}}
	for _, u := range uses {
		for _, m := range u.Members {
			v.want[m.Subject()] = false
			v.left++
		}
	}
	return v
}

func (v *servedView) see(e Event) {
	_, up := e.Data.(UpData)
	_, down := e.Data.(DownData)
	if served, ours := v.want[e.Subject]; !ours || !up && !down || served == up {
		return
	}
	v.want[e.Subject] = up
	if up {
		v.left--
	} else {
		v.left++
	}
}

func (v *servedView) all() bool { return v.left == 0 && len(v.want) > 0 }

func (v *servedView) missing() []string {
	var missing []string
	for _, subject := range sortedKeys(v.want) {
		if !v.want[subject] {
			missing = append(missing, subject)
		}
	}
	return missing
}
