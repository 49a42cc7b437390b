package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"syscall"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/kernel/capsule"
)

// playKernel plays a scenario in the kernel world, of this machine or of a capsule: it sends it into a box and takes its
// events.
func (a *app) playKernel(ctx context.Context, sc *sim.Scenario, f *playFlags, listen func(sim.Event)) (*sim.Log, error) {
	o, err := f.box()
	if err != nil {
		return nil, err
	}
	a.stands.Store(true)
	b, err := box.Start(o)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	control, err := box.ListenControl(sc.Name, b.Stream, steering...)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	captures, err := newCaptures(f.captures)
	if err != nil {
		return nil, err
	}
	ch, err := b.Stream.Open(playVerb, job{
		Scenario: sc.Text, Topology: sc.TopologyText, Name: sc.Name, Program: program(), RealTime: f.realTime, Stay: f.stay,
		Drill: f.drill,
	})
	if err != nil {
		return nil, errors.Join(err, captures.close())
	}
	defer interrupt(ctx, b, ch)()
	if f.world != "capsule" { // it has a kernel, and so a table, of its own
		defer a.tellRefused(kernel.NeighboursRefused())
	}
	log, err := takeEvents(ch, func(e sim.Event) {
		if _, steady := e.Data.(sim.SteadyData); steady {
			captures.begin(ctx, b.Stream)
			if f.standing != nil {
				f.say(f.standing(control.Name))
			}
			if f.opened != nil {
				f.opened(b.Stream)
			}
		}
		listen(e)
	})
	return log, errors.Join(ending(ctx, b, err), captures.close())
}

// tellRefused says why nodes could not find each other, where this machine's kernel had no room for their neighbours: to
// the plant that looks as if packets were lost.
func (a *app) tellRefused(before uint64) {
	if n := kernel.NeighboursRefused() - before; n > 0 {
		fmt.Fprintf(a.Stderr, "this machine's kernel had no room for another neighbour %d times, so nodes did not find each other\n"+
			"hint: sudo sysctl -w net.ipv4.neigh.default.gc_thresh3=16384\n", n)
	}
}

// box is what the inside is started in.
func (f *playFlags) box() (box.Options, error) {
	o := box.Options{Args: []string{"inside"}}
	if f.world != "capsule" {
		return o, nil
	}
	found, err := capsule.Find()
	o.Capsule = found.Path
	return o, err
}

// ending says why events ceased to come: Ctrl-C, the error that the inside told, or the inside's own end.
func ending(ctx context.Context, b *box.Box, err error) error {
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return insideEnded(b)
	}
	return err
}

// insideEnded lets the inside say its last words, which for a panic come after it has given up the stream.
func insideEnded(b *box.Box) error {
	select {
	case <-b.Done():
		return fmt.Errorf("play: the inside ended: %w", cmp.Or(b.Wait(), io.ErrUnexpectedEOF))
	case <-time.After(patience):
		return errors.New("play: the inside speaks no more")
	}
}

// patience is how long an interrupted inside may take to unwind and to write its last events: a second is usual for a
// thousand nodes, and nobody who pressed Ctrl-C waits longer than this.
const patience = 10 * time.Second

// interrupt passes the end of ctx on to the inside, and ends the box if that does not end by itself.
func interrupt(ctx context.Context, b *box.Box, ch *box.Channel) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		_ = ch.Send(box.Signal, []byte(strconv.Itoa(int(syscall.SIGINT)))) // if it is gone, so much the better
		time.AfterFunc(patience, func() { _ = b.Close() })
	})
}

// takeEvents makes a log of what the inside sends.
func takeEvents(ch *box.Channel, listen func(sim.Event)) (*sim.Log, error) {
	log := sim.NewLog(nil, nil)
	for {
		f, err := ch.Receive()
		switch {
		case errors.Is(err, io.EOF):
			return log, nil
		case err != nil:
			return log, fmt.Errorf("play: %w", err)
		case f.Kind != box.Value:
			continue
		}
		var e sim.Event
		if err := f.Decode(&e); err != nil {
			return log, err
		}
		if err := log.Take(e); err != nil {
			return log, err
		}
		listen(e)
	}
}
