package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/kernel/capture"
)

// Verbs by which other terminals steer a run. Both reply with the ids of the entries they were about.
const (
	injectVerb = "inject" // a string: a fault as typed on a command line
	healVerb   = "heal"   // a string: an entry's id; none for all that are going on
)

// steering are the verbs that other terminals may use.
var steering = []string{injectVerb, healVerb, kernel.ExecVerb, capture.Verb}

// serve lets other terminals work in the plant, from now on. It is called on the loop.
func (in *inside) serve(r *sim.Run, sc *sim.Scenario) {
	kernel.Serve(r.World(), in.stream)
	s := &steer{run: r, sc: sc}
	for _, e := range sc.Timeline {
		s.taken = append(s.taken, e.ID)
	}
	in.stream.Handle(injectVerb, s.answer(s.inject))
	in.stream.Handle(healVerb, s.answer(s.heal))
}

// steer changes a run from outside. Its methods run on the loop.
type steer struct {
	run   *sim.Run
	sc    *sim.Scenario
	taken []string // ids of entries
}

// answer has a verb done on the loop.
func (s *steer) answer(do func(text string) ([]string, error)) box.Handler {
	return func(ctx context.Context, ch *box.Channel, args json.RawMessage) error {
		var text string
		if err := json.Unmarshal(args, &text); err != nil {
			return err
		}
		type reply struct {
			ids []string
			err error
		}
		done := make(chan reply, 1)
		s.run.Loop().Post(func() {
			ids, err := do(text)
			done <- reply{ids, err}
		})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case r := <-done:
			if r.err != nil {
				return r.err
			}
			return ch.SendJSON(box.Value, r.ids)
		}
	}
}

// inject begins a fault now, under its kind's name, numbered where that was used before.
func (s *steer) inject(text string) ([]string, error) {
	e, err := scenarios.ParseFault(text, s.sc.Plant)
	if err != nil {
		return nil, err
	}
	kind := e.ID
	for i := 2; slices.Contains(s.taken, e.ID); i++ {
		e.ID = fmt.Sprintf("%s-%d", kind, i)
	}
	if err := s.run.Inject(e); err != nil {
		return nil, err
	}
	s.taken = append(s.taken, e.ID)
	return []string{e.ID}, nil
}

// heal ends an entry now, or all that are going on.
func (s *steer) heal(id string) ([]string, error) {
	ids := []string{id}
	if id == "" {
		ids = s.run.Active()
	}
	for _, id := range ids {
		if err := s.run.Heal(id); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
