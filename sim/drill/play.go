package drill

import (
	"context"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/recovery"
)

// Session is a drill to be held.
type Session struct {
	Engine sim.Engine
	// Watch is the clock of the engine's world; nil for a world in virtual time.
	Watch    Watch
	Scenario *sim.Scenario
	Script   *Script
	Program  string
	// Listen is called with every event, on the loop.
	Listen func(sim.Event)
	// Rerun plays the remedies of findings; nil: they are written down and not played.
	Rerun Rerun
	// Serve is called on the loop before the room is opened, for those who work in the plant from elsewhere; may be nil.
	Serve func(*sim.Run)
	// Open is called on the loop once the room stands; whoever commands it does so by Loop().Post.
	Open func(*Room)
	// Changed is called on the loop after everything that changes what somebody may see.
	Changed func()
	// Resume are the commands of a drill to be gone on with (CommandsOf); none begin one.
	Resume []sim.Event
}

// Loop is where everything about the room must be called.
func (r *Room) Loop() *sim.Loop { return r.run.Loop() }

// Ended says whether ENDEX was given.
func (r *Room) Ended() bool { return r.over() }

// Hold holds the drill until ctx ends, and gives its log.
func (s *Session) Hold(ctx context.Context) (*sim.Log, error) {
	clock, sc := s.Watch, *s.Scenario
	if clock == nil {
		clock = NewClock()
	}
	sc.Recovery, sc.Expect = nil, nil // the table is who repairs, and may do better than people did
	return sim.Play(ctx, timed{s.Engine, clock}, &sc, sim.Options{
		Program: s.Program, Listen: s.Listen, Stay: true,
		Serve: func(run *sim.Run) {
			if s.Serve != nil {
				s.Serve(run)
			}
			room := newRoom(s.Script, &sc, clock, run, s.Changed)
			room.rerun, room.stock = s.Rerun, recovery.StockOf(s.Scenario)
			room.resume(s.Resume)
			s.Open(room)
		},
	})
}

// timed is an engine whose clock is the facilitator's.
type timed struct {
	sim.Engine
	clock Watch
}

// Clock is the facilitator's.
func (t timed) Clock() sim.RunClock { return t.clock }

// CommandsOf lists the commands that were given in a drill.
func CommandsOf(log *sim.Log) []sim.Event {
	var all []sim.Event
	for _, e := range log.Events() {
		if _, ok := e.Data.(sim.CommandData); ok {
			all = append(all, e)
		}
	}
	return all
}

// resume gives commands again, each at its time, and stands where they end.
func (r *Room) resume(commands []sim.Event) {
	end := time.Duration(0)
	for _, e := range commands {
		d := e.Data.(sim.CommandData)
		end = max(end, e.At)
		r.Loop().At(e.At, func() { _ = r.Do(Command{By: e.Subject, Verb: d.Verb, Args: d.Args}) })
	}
	if len(commands) == 0 {
		return
	}
	r.clock.Jump(end)
	r.Loop().At(end, func() {
		r.clock.Run(0)
		if r.phase == Running {
			r.enter(Paused, "resumed from its log")
		}
	})
}
