package workload

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
)

// stallAfter is how long a write may take before its guest counts as stalled: what a loss takes to be one (sim.Tracker).
const stallAfter = 200 * time.Millisecond

// Measure runs the machine at its host: it writes records through the host's datastore while its guest works.
func (m *machine) Measure(ctx context.Context, from, _ sim.Place, meter sim.Meter) error {
	disk, err := from.Disk(m.store)
	if err != nil {
		return fmt.Errorf("start virtual machine: %w", err)
	}
	m.live.begin(meter)
	w := &writer{machine: m, place: from, disk: disk, out: asker{meter: meter}}
	var hosted sync.WaitGroup
	hosted.Go(func() {
		_ = from.Serve(ctx, func(ctx context.Context) error {
			m.live.hosted(from.Now(), true)
			<-ctx.Done()
			m.live.hosted(from.Now(), false)
			return nil
		})
	})
	hosted.Go(func() { w.run(ctx) })
	from.Pace(ctx, m.interval, func(time.Duration) { m.live.nudge() })
	hosted.Wait()
	return nil
}

// liveGuest is a real virtual machine's guest: the same step machine as the law's, told what its real disk does. Safe
// for use from several goroutines.
type liveGuest struct {
	mu    sync.Mutex
	guest *proto.Guest
	meter sim.Meter
	told  sim.GuestState
	on    bool // its host is in service
	due   chan struct{}
	life  context.Context // ends when it is switched off
	end   context.CancelFunc
}

func newLiveGuest(conf proto.GuestConf) *liveGuest {
	l := &liveGuest{guest: proto.NewGuest(conf), due: make(chan struct{}, 1), on: true}
	l.life, l.end = context.WithCancel(context.Background())
	return l
}

func (l *liveGuest) begin(meter sim.Meter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.meter = meter
	l.tell()
}

// Power implements sim.LiveGuest.
func (l *liveGuest) Power(now time.Duration, p sim.GuestPower) {
	l.change(func() { l.guest.Power(now, p.On, p.Boot, p.Broken) })
}

// Step implements sim.LiveGuest.
func (l *liveGuest) Step(now time.Duration) time.Duration {
	l.change(func() {
		if l.guest.Next() <= now {
			l.guest.Step(now)
		}
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guest.Next()
}

// State implements sim.LiveGuest.
func (l *liveGuest) State() sim.GuestState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guest.State()
}

// hosted tells whether its host is in service: one that has lost power takes it along, and starts it when it is back.
func (l *liveGuest) hosted(now time.Duration, on bool) {
	l.mu.Lock()
	was := l.on
	l.on = on
	l.mu.Unlock()
	if on != was {
		l.Power(now, sim.GuestPower{On: on})
	}
}

// disk tells what its disk does.
func (l *liveGuest) disk(now time.Duration, d proto.DiskState) {
	l.change(func() { l.guest.Disk(now, d) })
}

// change does something to the guest and tells what has become of it. What was under way ends when it is switched off,
// and it writes at once when it has come up.
func (l *liveGuest) change(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.guest.State()
	do()
	now := l.guest.State()
	if now == before {
		return
	}
	if now == sim.GuestOff || now == sim.GuestBooting {
		l.end()
		l.life, l.end = context.WithCancel(context.Background())
	}
	if now.Works() {
		l.nudge()
	}
	l.tell()
}

func (l *liveGuest) tell() {
	if s := l.guest.State(); s != l.told && l.meter != nil {
		l.told = s
		l.meter.Guest(s, l.guest.Why())
	}
}

// nudge says that it is time for a write.
func (l *liveGuest) nudge() {
	select {
	case l.due <- struct{}{}:
	default: // one is waiting already: a machine has one write under way
	}
}

// works says whether it serves, and gives the context of its present life.
func (l *liveGuest) works() (context.Context, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.life, l.guest.State().Works()
}

func (l *liveGuest) answers() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guest.Answers()
}

// writer is what a guest does to its disk: one record after the other, each made safe.
type writer struct {
	*machine
	place sim.Place
	disk  sim.Disk
	out   asker
	last  uint64 // record
}

func (w *writer) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.live.due:
		}
		if life, works := w.live.works(); works {
			w.write(ctx, life)
		}
	}
}

// write writes a record and waits for the array, or for the end of the machine.
func (w *writer) write(ctx, life context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(life, cancel)()
	asked := w.place.Now()
	w.last++
	w.out.ask(asked, func(n uint64) bool {
		w.finish(ctx, life, n, asked, w.begin(ctx))
		return true
	})
}

func (w *writer) begin(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	record := newRecord(w.last, w.place.Now())
	go func() { done <- w.disk.WriteAt(ctx, record, w.seat.record(w.last), true) }()
	return done
}

// finish takes in how a write ended, and before that, that it does not.
func (w *writer) finish(ctx, life context.Context, n uint64, asked time.Duration, done <-chan error) {
	patience := time.NewTimer(stallAfter)
	defer patience.Stop()
	for {
		select {
		case <-patience.C:
			w.live.disk(asked, proto.Waits)
			continue
		case err := <-done:
			switch {
			case err == nil:
				w.live.disk(w.place.Now(), proto.Answers)
				w.out.end(n, true, w.place.Now())
			case ctx.Err() == nil:
				w.live.disk(asked, proto.Refuses)
				w.out.end(n, false, w.place.Now())
			case errors.Is(life.Err(), context.Canceled):
				w.out.end(n, false, w.place.Now())
			}
			return
		}
	}
}
