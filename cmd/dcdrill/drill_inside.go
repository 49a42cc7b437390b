package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/kernel"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// drillJob is what a drill in a box needs beside its scenario.
type drillJob struct {
	// Resume are the commands of an earlier drill.
	Resume []sim.Event `json:",omitempty"`
	// Remedies are the scenario's variants: the scenario that is sent has none.
	Remedies map[string]string `json:",omitempty"`
}

// roomVerb asks something of the room of a drill in a box: its door, seen from outside. It replies with what was asked for.
const roomVerb = "room"

// roomRequest is one of the things that can be asked of a room.
type roomRequest struct {
	Do    *drill.Command `json:",omitempty"`
	Views []string       `json:",omitempty"`
	After string         `json:",omitempty"` // a format
}

// roomReply is what the room says.
type roomReply struct {
	Views map[string]json.RawMessage `json:",omitempty"`
	After []byte                     `json:",omitempty"`
}

// holdDrill holds a drill on real packets, as the outside's pages command it.
func (in *inside) holdDrill(ctx context.Context, j job, listen func(sim.Event)) error {
	sc, script, err := scenarios.ReplayDrill(sim.HeaderData{Scenario: j.Name, Text: j.Scenario, Topology: j.Topology})
	if err != nil {
		return err
	}
	script.Remedies = j.Drill.Remedies
	opened := make(chan drill.Door, 1)
	in.stream.Handle(roomVerb, answerRoom(opened))
	watch := kernel.NewDrillClock()
	_, err = (&drill.Session{
		Engine: kernel.Engine{}, Watch: watch, Scenario: sc, Script: script, Program: j.Program, Resume: j.Drill.Resume,
		Rerun:  scenarios.Rerun(sc),
		Listen: listen, Changed: func() {}, // the outside sees it by the events
		Serve: func(r *sim.Run) { in.serve(r, sc) },
		Open:  func(r *drill.Room) { opened <- r.Door() },
	}).Hold(ctx)
	return err
}

// answerRoom answers what the outside asks of a room, once there is one.
func answerRoom(opened chan drill.Door) box.Handler {
	return func(ctx context.Context, ch *box.Channel, args json.RawMessage) error {
		ctx = ch.Gone(ctx)
		var q roomRequest
		if err := json.Unmarshal(args, &q); err != nil {
			return err
		}
		var door drill.Door
		select {
		case <-ctx.Done():
			return ctx.Err()
		case door = <-opened:
			opened <- door
		}
		var a roomReply
		var err error
		switch {
		case q.Do != nil:
			err = door.Do(ctx, *q.Do)
		case q.After != "":
			a.After, err = door.After(ctx, q.After)
		default:
			a.Views, err = door.Views(ctx, q.Views)
		}
		return errors.Join(err, ch.SendJSON(box.Value, a))
	}
}

// boxDoor is the door of a room in a box.
type boxDoor struct{ stream *box.Stream }

// Do implements drill.Door.
func (d boxDoor) Do(ctx context.Context, c drill.Command) error {
	_, err := d.ask(ctx, roomRequest{Do: &c})
	return err
}

// Views implements drill.Door.
func (d boxDoor) Views(ctx context.Context, as []string) (map[string]json.RawMessage, error) {
	a, err := d.ask(ctx, roomRequest{Views: as})
	return a.Views, err
}

// After implements drill.Door.
func (d boxDoor) After(ctx context.Context, format string) ([]byte, error) {
	a, err := d.ask(ctx, roomRequest{After: format})
	return a.After, err
}

// ask asks the room, until ctx ends.
func (d boxDoor) ask(ctx context.Context, q roomRequest) (a roomReply, err error) {
	ch, err := d.stream.Open(roomVerb, q)
	if err != nil {
		return a, err
	}
	defer ch.Close()
	defer context.AfterFunc(ctx, func() { _ = ch.Close() })()
	for {
		f, err := ch.Receive()
		switch {
		case errors.Is(err, io.EOF):
			return a, nil
		case err != nil:
			return a, err
		}
		if err := f.Decode(&a); err != nil {
			return a, err
		}
	}
}

var _ drill.Door = boxDoor{}
