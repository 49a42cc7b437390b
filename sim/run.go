package sim

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Engine makes worlds of one sort, each with the clock it lives by.
type Engine interface {
	// Name is "model" or "kernel".
	Name() string
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

// DefaultUntil is the longest run of a scenario that names no end: nobody drills for more than a day.
const DefaultUntil = 24 * time.Hour

// Run is a scenario being played.
type Run struct {
	sc     *Scenario
	opts   Options
	env    Env
	clock  RunClock
	engine string
	world  World
	hw     *Hardware
	root   *Scope
	// active scopes by entry, and how often a trigger has been seen
	active map[string]*Scope
	begun  map[string]int
	// steered: something was begun or ended from outside, so that no replay of the scenario explains the run
	steered bool
	// rest has people say what they still wait for.
	rest func()
	real realTime
}

// Play plays a scenario and returns its log, which is whole even when an error or the end of ctx cut the run short.
// Ctx ending is no error: the log then ends with "interrupted".
func Play(ctx context.Context, engine Engine, sc *Scenario, opts Options) (*Log, error) {
	clock := engine.Clock()
	r := &Run{sc: sc, opts: opts, engine: engine.Name(), clock: clock, active: map[string]*Scope{}, begun: map[string]int{}}
	r.real.start("build")
	log := NewLog(clock.Now, clock.Wall())
	r.env = Env{Plant: sc.Plant, Loop: NewLoop(clock), Log: log, Phase: opts.Phase, Impairs: sc.impairs(), Fills: sc.fills()}
	if opts.Listen != nil {
		log.Listen(opts.Listen)
	}
	if needs := sc.Plant.Needs; len(needs) > 0 {
		return log, fmt.Errorf("this plant needs %s: %w", strings.Join(needs, ", and "), ErrUnsupported)
	}
	var err error
	if r.world, err = engine.Open(ctx, clock, r.env); err != nil {
		return log, r.notOpened(ctx, err)
	}
	err = r.play(ctx)
	r.unwind()
	return log, errors.Join(err, r.world.Close())
}

// notOpened writes down that a run was interrupted before it had a world. Any other reason why there is none is an error.
func (r *Run) notOpened(ctx context.Context, err error) error {
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	r.env.Log.Add(0, "", r.header())
	r.env.Log.Add(0, "", EndData{Reason: "interrupted", Real: r.realSpent()})
	return nil
}

// Inject begins an entry now; it is how timeline, drill and command line all do it. On the loop.
//
// An entry ends by its `for:`, by Heal, or by itself when its fault has run its course: all that it had planned has
// happened and every node that it rebooted is in service again. One that plans nothing (a cable pulled) stays.
func (r *Run) Inject(e *Entry) error {
	r.steered = r.steered || !slices.Contains(r.sc.Timeline, e)
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
	s.cause, s.Lasts, s.Start, s.Rand = r.begun[e.ID], e.For, r.sc.Start, dice(r.sc.Seed, e.ID)
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
	r.steered = true
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
	failed := func() bool { return r.hw.Err() != nil || r.world.Err() != nil }
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

// schedule puts the timeline in the queue, arms the triggers and has people watch.
func (r *Run) schedule() {
	if r.sc.Recovery != nil {
		r.rest = r.sc.Recovery.Begin(r.Hands())
	}
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
	switch d := e.Data.(type) {
	case StageData:
		return t.State == "" || d.Stage == t.State
	case TaskData:
		return t.State == string(d.State)
	}
	return t.State == ""
}

// unwind undoes all that is still going on, after the log has ended.
func (r *Run) unwind() {
	if r.root == nil {
		return
	}
	r.hw.env.Log = NewLog(r.clock.Now, nil)
	r.root.Release()
}
