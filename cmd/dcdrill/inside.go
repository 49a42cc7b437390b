package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// insideCommand is process 1 of a box: it plays what the outside sends, and ends with it.
func (a *app) insideCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "inside",
		Short:  "Be the inside of a box (dcdrill starts this itself)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			stream, err := kernel.Enter()
			if err != nil {
				return err
			}
			in := &inside{stream: stream}
			stream.Handle(playVerb, in.play)
			stream.Serve(c.Context())
			return nil
		},
	}
}

// inside is what is played in a box.
type inside struct{ stream *box.Stream }

// playVerb plays a job: its events are Values; a Signal interrupts it.
const playVerb = "play"

// job is what the outside sends to be played: the files as they are after all overrides, so that the inside reads the
// same as the outside did.
type job struct {
	Scenario, Topology string
	Name               string
	Program            string
	RealTime           bool
	// Stay keeps the plant standing when nothing is left to happen.
	Stay bool
	// Drill is a drill to be held with the scenario; nil: it is played.
	Drill *drillJob `json:",omitempty"`
}

// backlog is how many events may wait for the outside. The loop must not wait for it: a plant of 1,000 nodes makes
// about 10,000 events at one instant.
const backlog = 1 << 17

func (in *inside) play(ctx context.Context, ch *box.Channel, args json.RawMessage) error {
	var j job
	if err := json.Unmarshal(args, &j); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go untilSignal(ch, cancel)
	events, sent := make(chan sim.Event, backlog), make(chan error)
	go func() { sent <- sendEvents(ch, events) }()
	listen := func(e sim.Event) { events <- e }
	var err error
	if j.Drill != nil {
		err = in.holdDrill(ctx, j, listen)
	} else {
		err = in.playScenario(ctx, j, listen)
	}
	close(events)
	if failed := <-sent; err == nil {
		err = failed
	}
	return err
}

// playScenario plays a job that is no drill.
func (in *inside) playScenario(ctx context.Context, j job, listen func(sim.Event)) error {
	sc, err := scenarios.Parse(j.Name, []byte(j.Scenario), scenarios.Options{TopologyText: j.Topology})
	if err != nil {
		return err
	}
	sc.Name = j.Name
	_, err = sim.Play(ctx, kernel.Engine{RealTime: j.RealTime, Virtual: box.InCapsule()}, sc, sim.Options{
		Program: j.Program, RealTime: j.RealTime, Stay: j.Stay, Listen: listen, Explain: explain(sc),
		Serve: func(r *sim.Run) { in.serve(r, sc) },
	})
	return err
}

// untilSignal waits for the outside to interrupt, or to go.
func untilSignal(ch *box.Channel, cancel func()) {
	for {
		f, err := ch.Receive()
		if err != nil || f.Kind == box.Signal {
			cancel()
			return
		}
	}
}

// sendEvents sends events until there are no more. After an error it goes on taking them, so that the loop is not held up.
func sendEvents(ch *box.Channel, events <-chan sim.Event) (err error) {
	for e := range events {
		if err == nil {
			err = ch.SendJSON(box.Value, e)
		}
	}
	return err
}
