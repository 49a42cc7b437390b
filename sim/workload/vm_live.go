package workload

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
)

// Measure runs the machine at its host: it writes records through the host's datastore while its guest works.
func (m *machine) Measure(ctx context.Context, from, _ sim.Place, meter sim.Meter) error {
	disk, err := from.Disk(m.store)
	if err != nil {
		return fmt.Errorf("start virtual machine: %w", err)
	}
	m.live.begin(meter)
	w := &writer{machine: m, place: from, disk: disk, out: asker{meter: meter}}
	hosted, ctx := errgroup.WithContext(ctx)
	hosted.Go(func() error {
		return from.Serve(ctx, func(ctx context.Context) error {
			m.live.hosted(from.Now(), true)
			<-ctx.Done()
			m.live.hosted(from.Now(), false)
			return nil
		})
	})
	hosted.Go(func() error { w.run(ctx); return nil })
	for _, s := range m.servers {
		hosted.Go(func() error { return s.run(ctx, from, disk) })
	}
	from.Pace(ctx, m.interval, func(time.Duration) { poke(m.live.due) })
	return ended(ctx, hosted.Wait())
}

// liveGuest is a real virtual machine's guest: the same step machine as the law's, told what its real disk does. Safe
// for use from several goroutines.
type liveGuest struct {
	mu    sync.Mutex
	guest *proto.Guest
	meter sim.Meter
	told  sim.GuestState
	on    bool            // its host is in service
	due   chan struct{}   // it is time for a write
	life  context.Context // ends when it is switched off
	end   context.CancelFunc
	moved chan struct{} // closed with the next change of its state
	// resumed counts how often it went on after it had stalled: whoever is slow to look does not miss it.
	resumed int
	// asking counts the requests under way; follow is told when Step may want another moment.
	asking atomic.Int32
	follow func()
	// unread: what it has written is in doubt, since its disk was or it was switched off, until it is read back.
	unread atomic.Bool
}

func newLiveGuest(conf proto.GuestConf) *liveGuest {
	l := &liveGuest{
		follow: func() {}, guest: proto.NewGuest(conf), due: make(chan struct{}, 1), on: true,
		moved: make(chan struct{}),
	}
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

// Follow implements sim.LiveGuest.
func (l *liveGuest) Follow(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.follow = f
}

// Asking implements sim.LiveGuest. What it has written is read back before anybody believes that all is well.
func (l *liveGuest) Asking() bool { return l.asking.Load() > 0 || l.loading() || l.doubts() }

// Answered implements sim.LiveGuest.
func (l *liveGuest) Answered() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guest.Answered()
}

// doubts says whether it has yet to read back what it had written, and can.
func (l *liveGuest) doubts() bool {
	state := l.State()
	return l.unread.Load() && (state.Works() || state == sim.GuestBooting)
}

func (l *liveGuest) loading() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guest.Loading()
}

// loaded tells that it has read what it boots from, if that is still the same boot.
func (l *liveGuest) loaded(life context.Context) {
	l.change(func() {
		if life.Err() == nil {
			l.guest.Loaded()
		}
	})
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
// and its users and who pings it ask at once whether it still serves.
func (l *liveGuest) change(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, due := l.guest.State(), l.guest.Next()
	do()
	if l.guest.Next() != due {
		l.follow()
	}
	now := l.guest.State()
	if now == before {
		return
	}
	close(l.moved)
	l.moved = make(chan struct{})
	if before == sim.GuestStalled && now.Works() {
		l.resumed++
	}
	if now == sim.GuestOff || now == sim.GuestBooting {
		l.end()
		l.life, l.end = context.WithCancel(context.Background())
		l.unread.Store(true)
	}
	if before != sim.GuestStalled || now != sim.GuestRunning {
		poke(l.due)
	}
	l.tell()
}

func (l *liveGuest) tell() {
	if s := l.guest.State(); s != l.told && l.meter != nil {
		l.told = s
		l.meter.Note(sim.GuestData{State: s, Why: l.guest.Why()})
	}
}

// settle has a guest that goes on after a stall do so at its own beat: the one that passed meanwhile is no reason to read
// back at once, as all others would that stalled with it.
func (l *liveGuest) settle() {
	if !l.unread.Load() || !l.State().Works() {
		return
	}
	select {
	case <-l.due:
	default:
	}
}

// onChange does something whenever its state has changed, until ctx ends.
func (l *liveGuest) onChange(ctx context.Context, do func()) {
	for changed := l.look().changed; ; {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			changed = l.look().changed // before it is done: what changes meanwhile has it done once more
			do()
		}
	}
}

// poke wakes who waits for a channel, once for however many pokes.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// now is its state, and the context of its present life.
func (l *liveGuest) now() (context.Context, sim.GuestState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.life, l.guest.State()
}

func (l *liveGuest) answers() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guest.Answers()
}

// sight is how a guest is at one moment.
type sight struct {
	state   sim.GuestState
	life    context.Context // ends when it is switched off
	resumed int             // how often its disk has come back after it had stalled
	changed <-chan struct{} // closed when the state is another
}

// look is how it is now.
func (l *liveGuest) look() sight {
	l.mu.Lock()
	defer l.mu.Unlock()
	return sight{l.guest.State(), l.life, l.resumed, l.moved}
}
