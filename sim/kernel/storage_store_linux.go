package kernel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/blockdev"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// store is a datastore at its host, or at one of its guests: the sim.Disk that virtual machines write to. It belongs to
// the loop, but for what several goroutines use.
type store struct {
	storage *storage
	member  *sim.Member // who lives on it: the shadow knows what has changed for it
	conf    *topology.Datastore
	guest   *sim.Member // whose sessions these are; nil: the host's
	routes  []topology.StoragePath
	place   *place
	lit     []bool // by path: the carrier of the host's own interface, as the kernel last told
	nth     int    // of all, from 1
	boots   uint32
	end     context.CancelFunc
	ended   sync.WaitGroup

	until   time.Duration // when its latest rest ends or has ended, in a capsule
	timer   time.Duration // when the loop has it stepped; proto.Never: not at all
	cancel  func()
	waiting time.Duration // real time since which a path has no session that should; 0: none
	told    bool          // that it waits in vain was written down

	mu        sync.Mutex
	initiator *blockdev.Initiator // nil while the host has no power
	resting   []int               // paths that would have answered all the time that it rests; nil: it does not
}

func newStore(s *storage, m *sim.Member, t tenancy) (*store, error) {
	st := &store{
		storage: s, member: m, conf: t.of, guest: t.guest, routes: t.of.Routes(),
		place: s.world.places[t.of.Host.Index], timer: proto.Never, cancel: func() {},
	}
	if len(st.routes) == 0 {
		return nil, fmt.Errorf("open datastore %s: none of its networks has both its host and its array", t.of)
	}
	st.lit = slices.Repeat([]bool{true}, len(st.routes))
	for n, r := range st.routes {
		st.lit[n] = s.world.lit(r.From)
	}
	return st, nil
}

// String is host/datastore, and the guest where it has sessions of its own.
func (st *store) String() string {
	if st.guest != nil {
		return st.conf.String() + "/" + st.guest.Subject()
	}
	return st.conf.String()
}

// enter tells how far the host has come. It loses all sessions with its power, and begins anew when it is in service.
func (st *store) enter(stage topology.Stage) {
	switch stage {
	case topology.Off:
		st.stop()
	case topology.Forwarding:
		if st.present() == nil {
			st.start()
		}
	}
}

func (st *store) start() {
	st.boots++
	i, err := blockdev.NewInitiator(storePlace{st.place, st}, st.spec())
	if err != nil {
		st.storage.world.fail(err)
		return
	}
	for n, lit := range st.lit {
		i.Carrier(n, lit)
	}
	ctx, end := context.WithCancel(context.Background())
	st.end = end
	st.ended.Go(func() { i.Run(ctx) })
	st.use(i)
}

func (st *store) stop() {
	if st.present() == nil {
		return
	}
	st.use(nil)
	st.arm()
	st.end()
	st.ended.Wait()
}

func (st *store) spec() blockdev.InitiatorSpec {
	w := st.storage.world
	spec := blockdev.InitiatorSpec{
		Name: st.String(), Volume: st.conf.Volume.ID, Boot: st.boots,
		Multipath: proto.MultipathConfOf(st.conf), Wake: func() { w.wake.stir(w) },
	}
	for _, r := range st.routes {
		network, address := dialling(r.To)
		spec.Paths = append(spec.Paths, blockdev.Path{Name: r.Name, Network: network, Address: address})
	}
	return spec
}

func (st *store) use(i *blockdev.Initiator) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.initiator = i
}

// present is the host's initiator; nil while it has no power.
func (st *store) present() *blockdev.Initiator {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.initiator
}

// ReadAt implements sim.Disk.
func (st *store) ReadAt(ctx context.Context, p []byte, offset int64) error {
	return st.do(ctx, &blockdev.Request{Op: blockdev.Read, Data: p, Offset: offset})
}

// WriteAt implements sim.Disk.
func (st *store) WriteAt(ctx context.Context, p []byte, offset int64, fua bool) error {
	_, err := st.WriteTimed(ctx, p, offset, fua)
	return err
}

// WriteTimed implements sim.TimedDisk.
func (st *store) WriteTimed(ctx context.Context, p []byte, offset int64, fua bool) (time.Duration, error) {
	r := &blockdev.Request{Op: blockdev.Write, Data: p, Offset: offset, FUA: fua}
	err := st.do(ctx, r)
	return r.Answered, err
}

// Flush implements sim.Disk.
func (st *store) Flush(ctx context.Context) error {
	return st.do(ctx, &blockdev.Request{Op: blockdev.Flush})
}

// Size implements sim.Disk.
func (st *store) Size() int64 { return int64(st.conf.Volume.Size) }

// Idle implements sim.SharedDisk.
func (st *store) Idle() time.Duration {
	a := st.storage.arrays[st.conf.Volume.Array]
	return a.throttle.Idle(a.place.Now())
}

// do has the host carry out a request. As with its sockets, what a power loss takes ends with net.ErrClosed.
func (st *store) do(ctx context.Context, r *blockdev.Request) error {
	i := st.present()
	if i == nil {
		return fmt.Errorf("use datastore %s: %w", st.conf, sim.ErrNoPower)
	}
	err := i.Do(ctx, r)
	if errors.Is(err, blockdev.ErrClosed) {
		return fmt.Errorf("use datastore %s: %w", st.conf, net.ErrClosed)
	}
	return err
}

// hear writes down what has become of its paths.
func (st *store) hear() {
	i := st.present()
	if i == nil {
		return
	}
	w := st.storage.world
	for _, u := range i.Take() {
		cause := max(w.causeOf(st.member), w.shadow.Changed(st.conf))
		w.env.Log.Add(cause, st.String(), sim.PathsData{Using: u.Path, Mode: u.Mode.String(), Why: u.Why})
	}
}
