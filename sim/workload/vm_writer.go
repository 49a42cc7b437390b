package workload

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
)

// stallAfter is how long a request may take before its guest counts as stalled: what a loss takes to be one (sim.Tracker).
const stallAfter = 200 * time.Millisecond

// writer is what a guest does to its disk: while it works, one record after the other, each made safe; while it boots,
// it reads them back. It has one request under way, as a journal does.
type writer struct {
	*machine
	place   sim.Place
	disk    sim.Disk
	out     asker
	journal journal
}

func (w *writer) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.live.due:
		}
		life, state := w.live.now()
		within, cancel := context.WithCancel(ctx)
		stop := context.AfterFunc(life, cancel)
		w.turn(within, state)
		stop()
		cancel()
		w.live.settle()
	}
}

// turn is what the guest does when it is time; within ends when it is switched off.
func (w *writer) turn(within context.Context, state sim.GuestState) {
	switch {
	case state == sim.GuestBooting && w.live.loading():
		w.load(within)
	case state == sim.GuestBooting:
		w.check(within)
	case state.Works():
		doubtful := w.live.unread.Load()
		w.write(within) // first, so that its users wait with it if its disk is gone again
		if doubtful && w.live.State().Works() {
			w.check(within)
		}
	}
	if !state.Works() {
		w.out.ask(w.place.Now(), func(uint64) bool { return false }) // its users ask all the same
	}
}

// write writes a record and waits for the array.
func (w *writer) write(within context.Context) {
	record := w.journal.next(w.place.Now())
	w.out.ask(record.at, func(n uint64) bool {
		var answered time.Duration
		err := w.wait(within, func() (err error) {
			answered, err = w.put(within, record.bytes(), w.seat.record(record.number))
			return err
		})
		if _, state := w.live.now(); err != nil || !state.Works() {
			return false // or it was answered too late: the guest had given up
		}
		w.journal.acknowledged(record)
		w.out.end(n, true, answered)
		return true
	})
}

// put writes something, has it made safe if its guest cares, and says when that was acknowledged.
func (w *writer) put(within context.Context, b []byte, at int64) (answered time.Duration, err error) {
	if timed, ok := w.disk.(sim.TimedDisk); ok {
		return timed.WriteTimed(within, b, at, !w.noFlush)
	}
	err = w.disk.WriteAt(within, b, at, !w.noFlush)
	return w.place.Now(), err
}

// load reads what it boots from, one request after the other. What was never written there takes the disks as long. If they
// stand still meanwhile, this machine was too slow to ask.
func (w *writer) load(within context.Context) {
	load, idle := w.Load(), idleness{disk: w.disk}
	defer func() { w.out.meter.Late(idle.total, w.place.Now()) }()
	buffer := make([]byte, min(int64(load.AtOnce), w.seat.size))
	places := w.seat.size / int64(len(buffer))
	for n := range int64(load.Boot) / int64(len(buffer)) {
		at := w.seat.offset + n%places*int64(len(buffer))
		read := func() error { return idle.during(func() error { return w.disk.ReadAt(within, buffer, at) }) }
		if err := w.wait(within, read); err != nil {
			return
		}
	}
	w.live.loaded(within)
}

// idleness is how long limited disks stood still in all while they were asked. A request that waited long waited for
// something else: for a path, or a controller; and so does the first, since hosts find their paths when they boot.
type idleness struct {
	disk  sim.Disk
	begun bool // the first has been answered
	total time.Duration
}

func (i *idleness) during(do func() error) error {
	shared, ok := i.disk.(sim.SharedDisk)
	if !ok {
		return do()
	}
	before, asked := shared.Idle(), time.Now()
	err := do()
	if i.begun && time.Since(asked) < stallAfter {
		i.total += shared.Idle() - before
	}
	i.begun = i.begun || err == nil
	return err
}

// check reads back what was acknowledged.
func (w *writer) check(within context.Context) {
	ring := make([]byte, records*recordSize)
	if err := w.wait(within, func() error { return w.disk.ReadAt(within, ring, w.seat.offset) }); err != nil {
		return
	}
	if w.live.unread.Swap(false) && w.journal.last > 0 {
		w.out.meter.Note(w.journal.judge(ring))
	}
}

// wait does a request, and tells the guest what it shows of its disk: that it does not answer, answers, or fails.
func (w *writer) wait(within context.Context, do func() error) error {
	w.live.asking.Add(1)
	defer w.live.asking.Add(-1)
	asked, done := w.place.Now(), make(chan error, 1)
	go func() { done <- do() }()
	patience := time.NewTimer(stallAfter)
	defer patience.Stop()
	for {
		select {
		case <-patience.C:
			w.doubt()
			w.live.disk(w.began(asked), proto.Waits)
		case err := <-done:
			switch {
			case err == nil:
				w.live.disk(w.place.Now(), proto.Answers)
			case within.Err() == nil && !hostGone(err):
				w.doubt()
				w.live.disk(w.began(asked), proto.Refuses)
			}
			return err
		}
	}
}

// doubt has what was written read back. Before the drill begins there is nothing to be lost.
func (w *writer) doubt() {
	if w.place.Now() >= 0 {
		w.live.unread.Store(true)
	}
}

// began is since when a request has waited: one from before the drill since its beginning, to which the clock jumps.
func (w *writer) began(asked time.Duration) time.Duration {
	if w.place.Now() >= 0 {
		return max(asked, 0)
	}
	return asked
}

// hostGone says whether a request ended because the host has lost its power, and the guest with it.
func hostGone(err error) bool { return errors.Is(err, net.ErrClosed) || errors.Is(err, sim.ErrNoPower) }
