package blockdev

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim/proto"
)

// Path is a way to a volume: a controller's address on one network.
type Path struct {
	Name    string // "storage-a", in the log and in the session's initiator name
	Address string // "10.1.0.5:10809"
	Network string // "tcp4" or "tcp6"; "": "tcp4"
}

// InitiatorSpec is what an initiator is to be.
type InitiatorSpec struct {
	// Name is the initiator's, such as "hv1/ds1". No two of an array's initiators have the same.
	Name   string
	Volume string
	Paths  []Path
	// Boot counts the starts of the initiator's host: sessions from before the last one are fenced by the first after it.
	Boot uint32
	// Multipath has its rules. Its Groups may be left out: then all paths are of one group.
	Multipath proto.MultipathConf
	// Tick is how often the initiator looks at the clock; what time brings about is late by this at most. 0: 50 ms.
	Tick time.Duration
	// Wake is called, from any goroutine, when there is something to Take; it must not block. May be nil.
	Wake func()
}

// defaultTick is short beside every default of the multipath rules (seconds). Chosen.
const defaultTick = 50 * time.Millisecond

// Initiator is a hypervisor's datastore: one volume over several paths, for all of its virtual machines. Safe for use from
// several goroutines.
type Initiator struct {
	spec  InitiatorSpec
	place Place
	ctx   context.Context
	work  sync.WaitGroup // goroutines that dial

	mu      sync.Mutex
	machine *proto.Multipath
	paths   []*initiatorPath
	flights []*flight // all that are not over, in the order they came
	ready   []*flight // those that wait for a path and nothing else
	last    uint32    // sessions begun since boot
	size    int64
	done    []func() // to be called once the lock is given back
	use     Use      // as it was last told
	uses    []Use    // not taken yet
	why     string   // what is being told has come of
	closed  bool
}

// Use is what becomes of requests.
type Use struct {
	Path string // that they take, the first of several; "": none
	Mode proto.Mode
	Why  string // it has become so: "storage-a does not answer"
}

// initiatorPath is a path and what is known of its sessions.
type initiatorPath struct {
	Path
	index      int
	session    *Session
	generation uint64             // of the session, or of the one last asked for
	cancel     context.CancelFunc // ends the attempt to connect
	// fence is the newest generation that the array is known to have seen: older ones change nothing any more.
	fence uint64
	// owed are changes that were under way when a session ended, until that is fenced. Fencing ends an attempt to do so
	// over another path; it began at since, or shall not begin before.
	owed    []*flight
	fencing context.CancelFunc
	since   time.Duration
}

// NewInitiator makes an initiator; nothing happens until Run.
func NewInitiator(place Place, spec InitiatorSpec) (*Initiator, error) {
	if spec.Tick <= 0 {
		spec.Tick = defaultTick
	}
	if len(spec.Multipath.Groups) == 0 {
		spec.Multipath.Groups = make([]int, len(spec.Paths))
	}
	if len(spec.Paths) == 0 || len(spec.Multipath.Groups) != len(spec.Paths) {
		return nil, fmt.Errorf("make initiator %s: %d paths in %d groups", spec.Name, len(spec.Paths), len(spec.Multipath.Groups))
	}
	i := &Initiator{spec: spec, place: place, machine: proto.NewMultipath(spec.Multipath), use: Use{Mode: proto.Queueing}}
	for n, p := range spec.Paths {
		if p.Network == "" {
			p.Network = "tcp4"
		}
		name := Name{spec.Volume, spec.Name + "/" + p.Name, 1}
		if back, err := ParseName(name.String()); err != nil || back != name {
			return nil, fmt.Errorf("make initiator: %q is not a name", name.Initiator)
		}
		i.paths = append(i.paths, &initiatorPath{Path: p, index: n, since: -proto.Never})
	}
	return i, nil
}

// Run keeps the paths and serves requests until ctx ends. What has no answer then ends with ErrClosed.
func (i *Initiator) Run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	i.mu.Lock()
	i.ctx = ctx
	i.unlock()
	i.step(i.place.Now())
	i.place.Pace(ctx, i.spec.Tick, i.step)
	stop()
	i.close()
	i.work.Wait() // from here on no session touches anybody's data
	i.mu.Lock()
	for _, f := range i.flights {
		i.end(f, ErrClosed)
	}
	i.unlock()
}

func (i *Initiator) close() {
	i.mu.Lock()
	defer i.unlock()
	i.closed = true
	for _, p := range i.paths {
		i.drop(p)
	}
}

// Step does what is due now, as Run does by itself within a Tick.
func (i *Initiator) Step() { i.step(i.place.Now()) }

func (i *Initiator) step(now time.Duration) {
	i.mu.Lock()
	defer i.unlock()
	i.settle(now)
}

// settle does what the machine wants, until it wants nothing more, and moves requests on.
func (i *Initiator) settle(now time.Duration) {
	if i.ctx == nil || i.closed {
		return
	}
	for orders := i.machine.Step(now); len(orders) > 0; orders = i.machine.Step(now) {
		for _, o := range orders {
			i.obey(o)
		}
	}
	i.fence(now)
	i.dispatch()
}

func (i *Initiator) obey(o proto.Order) {
	p := i.paths[o.Path]
	switch o.Verb {
	case proto.Connect:
		i.connect(p)
	case proto.Drop:
		i.drop(p)
	case proto.Ping:
		// A READ of no bytes: servers need not know what it means, only answer something.
		if p.session != nil {
			_ = p.session.Submit(&Request{Op: Read, Done: func(error) {}})
		}
	}
}

// unlock gives the lock back and then makes the calls that were put off until nobody holds it.
func (i *Initiator) unlock() {
	i.note()
	done := i.done
	i.done = nil
	i.mu.Unlock()
	for _, f := range done {
		f()
	}
}

// note keeps what is to be told of the paths.
func (i *Initiator) note() {
	use := Use{Mode: i.machine.Mode(), Why: i.why}
	if using := i.machine.Using(); using != proto.None {
		use.Path = i.paths[using].Name
	}
	i.why = ""
	if i.closed || use.Path == i.use.Path && use.Mode == i.use.Mode {
		return
	}
	i.use = use
	i.uses = append(i.uses, use)
	if i.spec.Wake != nil {
		i.done = append(i.done, i.spec.Wake)
	}
}

// Take hands over how what becomes of requests has changed since the last time. It begins with nothing: no path, and
// requests that wait for one.
func (i *Initiator) Take() []Use {
	i.mu.Lock()
	defer i.mu.Unlock()
	uses := i.uses
	i.uses = nil
	return uses
}

// Untold says whether something has changed that Take has not handed over yet.
func (i *Initiator) Untold() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.uses) > 0
}

// because keeps why the paths change; of several reasons the first counts.
func (i *Initiator) because(format string, args ...any) {
	if i.why == "" {
		i.why = fmt.Sprintf(format, args...)
	}
}

// Carrier tells that the host's own port towards a path has gained or lost its carrier.
func (i *Initiator) Carrier(path int, up bool) {
	i.mu.Lock()
	defer i.unlock()
	now := i.place.Now()
	if !up {
		i.because("%s has no carrier", i.paths[path].Name)
	}
	i.machine.Carrier(now, path, up)
	i.settle(now)
}

// FailBack has the best path used from now on, as an operator may ask.
func (i *Initiator) FailBack() {
	i.mu.Lock()
	defer i.unlock()
	i.machine.FailBack(i.place.Now())
}

// Up says whether a path has a session, and Mode what becomes of requests.
func (i *Initiator) Up(path int) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.machine.Up(path)
}

// Mode says what becomes of requests now.
func (i *Initiator) Mode() proto.Mode {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.machine.Mode()
}

// Asked says whether a path was asked whether it still answers, and Due when its next turn is, as proto.Multipath does.
func (i *Initiator) Asked(path int) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.machine.Asked(path)
}

// Due is a path's next turn.
func (i *Initiator) Due(path int) time.Duration {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.machine.Due(path)
}

// Decides is when time alone changes what becomes of requests, as proto.Multipath.Decides.
func (i *Initiator) Decides() time.Duration {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.machine.Decides()
}

// Fencing says whether requests of a lost session wait to be fenced, over a path that is up.
func (i *Initiator) Fencing() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	owes := func(p *initiatorPath) bool { return len(p.owed) > 0 }
	return slices.ContainsFunc(i.paths, owes) && i.wellPath() != nil
}

// Size is how many bytes the volume has; 0 until a first session has told.
func (i *Initiator) Size() int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.size
}

// generation is the next one, newer than all before.
func (i *Initiator) generation() uint64 {
	i.last++
	return uint64(i.spec.Boot)<<32 | uint64(i.last)
}

// connect begins an attempt to open a path's session.
func (i *Initiator) connect(p *initiatorPath) {
	ctx, cancel := context.WithCancel(i.ctx)
	p.generation, p.cancel = i.generation(), cancel
	generation := p.generation
	i.work.Go(func() {
		defer cancel()
		s, err := i.open(ctx, p, p.Path, generation)
		i.connected(ctx, p, s, err, generation)
	})
}

// open begins a session of one path's initiator over the same or another path.
func (i *Initiator) open(ctx context.Context, as *initiatorPath, over Path, generation uint64) (*Session, error) {
	c, err := i.place.Dial(ctx, over.Network, over.Address)
	if err != nil {
		return nil, err
	}
	return connect(ctx, c, i.name(as, generation), ear{now: i.place.Now, heard: func() { i.heard(as) }})
}

func (i *Initiator) name(p *initiatorPath, generation uint64) string {
	return Name{i.spec.Volume, i.spec.Name + "/" + p.Name, generation}.String()
}

// heard tells the machine that a path has answered.
func (i *Initiator) heard(p *initiatorPath) {
	i.mu.Lock()
	i.machine.Heard(i.place.Now(), p.index)
	i.mu.Unlock()
}

// Answered tells that a path would have answered all the time: the clock has jumped, and nobody was asked meanwhile.
func (i *Initiator) Answered(path int) { i.heard(i.paths[path]) }

// connected is the end of an attempt. One that was dropped meanwhile counts for nothing.
func (i *Initiator) connected(ctx context.Context, p *initiatorPath, s *Session, err error, generation uint64) {
	i.mu.Lock()
	defer i.unlock()
	now := i.place.Now()
	switch {
	case ctx.Err() != nil || i.closed || p.generation != generation:
		if s != nil {
			s.fail(ErrClosed)
		}
		return
	case err != nil:
		i.machine.Lost(now, p.index)
	default:
		p.session, p.cancel = s, nil
		i.size = s.size
		i.because("%s answers", p.Name)
		i.machine.Connected(now, p.index)
		i.fenced(p, generation)
		i.watch(p, s)
	}
	i.settle(now)
}

// watch tells when a session ends by itself.
func (i *Initiator) watch(p *initiatorPath, s *Session) {
	i.work.Go(func() {
		<-s.ended
		i.mu.Lock()
		defer i.unlock()
		if p.session == s {
			i.lose(p, s.closed)
		}
	})
}

// lose tells the machine that a session is over.
func (i *Initiator) lose(p *initiatorPath, why error) {
	now := i.place.Now()
	i.because("%s is lost: %v", p.Name, why)
	i.machine.Lost(now, p.index)
	i.settle(now)
}

// drop ends a path's session, or the attempt to get one. Its requests come back one by one.
func (i *Initiator) drop(p *initiatorPath) {
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
	if p.fencing != nil && i.closed {
		p.fencing()
	}
	if s := p.session; s != nil {
		p.session = nil
		i.because("%s does not answer", p.Name)
		s.fail(ErrClosed)
	}
}

// Do submits a request and waits for its answer, or until ctx ends; then it goes on alone, with data of its own.
func (i *Initiator) Do(ctx context.Context, r *Request) error {
	own := *r
	own.Data = make([]byte, len(r.Data))
	copy(own.Data, r.Data)
	done := make(chan error, 1)
	own.Done = func(err error) { done <- err }
	i.Submit(&own)
	select {
	case err := <-done:
		if err == nil && r.Op == Read {
			copy(r.Data, own.Data)
		}
		r.Answered = own.Answered
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

var errInvalid = fmt.Errorf("submit request: %w", EINVAL)

// answeredBy says whether an error is the array's answer, which the request's owner gets; else its session is over.
func answeredBy(err error) bool {
	return err == nil || isServerError(err) || errors.Is(err, errInvalid)
}
