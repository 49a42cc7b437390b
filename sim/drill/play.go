package drill

import (
	"context"

	"github.com/dcdrill/dcdrill/sim"
)

// Session is a drill to be held.
type Session struct {
	Engine   sim.Engine
	Scenario *sim.Scenario
	Script   *Script
	Program  string
	// Listen is called with every event, on the loop.
	Listen func(sim.Event)
	// Open is called on the loop once the room stands; whoever commands it does so by Loop().Post.
	Open func(*Room)
	// Changed is called on the loop after everything that changes what somebody may see.
	Changed func()
	// Resume is the log of a drill to be gone on with; nil begins one.
	Resume *sim.Log
}

// Loop is where everything about the room must be called.
func (r *Room) Loop() *sim.Loop { return r.run.Loop() }

// Ended says whether ENDEX was given.
func (r *Room) Ended() bool { return r.phase == Ended }

// Hold holds the drill until ctx ends, and gives its log.
func (s *Session) Hold(ctx context.Context) (*sim.Log, error) {
	clock, sc := NewClock(), *s.Scenario
	sc.Recovery = nil // the table is who repairs
	return sim.Play(ctx, timed{s.Engine, clock}, &sc, sim.Options{
		Program: s.Program, Listen: s.Listen, Stay: true,
		Serve: func(run *sim.Run) {
			room := newRoom(s.Script, &sc, clock, run, s.Changed)
			if s.Resume != nil {
				room.resume(s.Resume)
			}
			s.Open(room)
		},
	})
}

// timed is an engine whose clock is the facilitator's.
type timed struct {
	sim.Engine
	clock *Clock
}

// Clock is the facilitator's.
func (t timed) Clock() sim.RunClock { return t.clock }

// resume goes through the commands of a log again, each at its time, and stands where they end.
func (r *Room) resume(log *sim.Log) {
	for _, e := range log.Events() {
		d, ok := e.Data.(sim.CommandData)
		if !ok {
			continue
		}
		r.Loop().At(e.At, func() { _ = r.Do(Command{By: e.Subject, Verb: d.Verb, Args: d.Args}) })
		r.clock.Jump(e.At)
	}
	if end := r.clock.rush; end >= 0 {
		r.Loop().At(end, func() {
			r.clock.Run(0)
			if r.phase == Running {
				r.enter(Paused, "resumed from its log")
			}
		})
	}
}
