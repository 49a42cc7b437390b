package blockdev

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/proto"
)

// cable is a path of a test: what is sent while it is stalled comes later, even if the sender has gone meanwhile.
type cable struct {
	mu      sync.Mutex
	changed sync.Cond
	stalled bool
	killed  bool
	ends    []func()
}

func newCable() *cable {
	c := &cable{}
	c.changed.L = &c.mu
	return c
}

// set has it carry, hold or refuse. Killing ends what goes over it.
func (c *cable) set(stalled, killed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stalled, c.killed = stalled, killed
	if killed {
		for _, end := range c.ends {
			end()
		}
		c.ends = nil
	}
	c.changed.Broadcast()
}

// pass waits until the cable carries.
func (c *cable) pass() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.stalled {
		c.changed.Wait()
	}
}

var errCut = errors.New("connection refused")

// dial joins a client to a server by way of the cable.
func (c *cable) dial(server string) (net.Conn, error) {
	c.mu.Lock()
	killed := c.killed
	c.mu.Unlock()
	far, err := net.Dial("tcp4", server)
	if err != nil || killed {
		return nil, errors.Join(errCut, err)
	}
	near, relayed := net.Pipe()
	end := func() { abandon(far); _ = relayed.Close() }
	c.mu.Lock()
	c.ends = append(c.ends, end)
	c.mu.Unlock()
	go c.carry(far, relayed)
	go c.carry(relayed, far)
	return near, nil
}

// carry takes all that is sent, at once, and hands it on when the cable lets it.
func (c *cable) carry(to, from net.Conn) {
	held := make(chan []byte, 4096)
	go func() {
		defer close(held)
		for {
			b := make([]byte, 32<<10)
			n, err := from.Read(b)
			if err != nil {
				return
			}
			held <- b[:n]
		}
	}()
	for b := range held {
		c.pass()
		if _, err := to.Write(b); err != nil {
			break
		}
	}
	_ = to.Close()
	for range held { // what nobody will get
	}
}

// hurry is how much faster than real time the tests' scenario time runs.
const hurry = 40

// san is an array of two controllers, and a host with a cable to each.
type san struct {
	wall
	volume    *Volume
	servers   map[string]string
	cables    map[string]*cable
	initiator *Initiator
	stop      func()
	early     time.Duration // how long before time 0 it began
}

func (s *san) Now() time.Duration { return hurry*s.wall.Now() - s.early }

func (s *san) Pace(ctx context.Context, interval time.Duration, tick func(time.Duration)) {
	s.wall.Pace(ctx, max(interval/hurry, time.Millisecond), func(time.Duration) { tick(s.Now()) })
}

func (s *san) Dial(_ context.Context, _, address string) (net.Conn, error) {
	return s.cables[address].dial(s.servers[address])
}

func newSAN(t testing.TB, spec VolumeSpec, conf proto.MultipathConf) *san {
	t.Helper()
	return newEarlySAN(t, spec, conf, 0)
}

// newEarlySAN begins before time 0.
func newEarlySAN(t testing.TB, spec VolumeSpec, conf proto.MultipathConf, early time.Duration) *san {
	t.Helper()
	s := &san{wall: newWall(), volume: newVolume(t, spec), servers: map[string]string{}, cables: map[string]*cable{}}
	s.early = early
	throttle := &Throttle{}
	throttle.SetSpeed(Speed{Latency: 10 * time.Millisecond})
	want := InitiatorSpec{Name: "hv1/ds1", Volume: "vol1", Boot: 1, Multipath: conf, Tick: 100 * time.Millisecond}
	for _, path := range []string{"a", "b"} {
		s.servers[path] = serve(t, &Server{Clock: s, Volumes: []*Volume{s.volume}, Throttle: throttle})
		s.cables[path] = newCable()
		want.Paths = append(want.Paths, Path{Name: path, Address: path})
	}
	i, err := NewInitiator(s, want)
	require.NoError(t, err)
	s.initiator = i
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { i.Run(ctx) })
	s.stop = sync.OnceFunc(func() {
		stop()
		running.Wait()
		for _, c := range s.cables {
			c.set(false, true)
		}
	})
	t.Cleanup(s.stop)
	return s
}

// upTo waits until exactly the named paths are up.
func (s *san) upTo(t testing.TB, a, b bool) {
	t.Helper()
	require.Eventually(t, func() bool { return s.initiator.Up(0) == a && s.initiator.Up(1) == b }, 30*time.Second, time.Millisecond)
}

func (s *san) do(t testing.TB, r *Request) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	require.NoError(t, s.initiator.Do(ctx, r))
}

// begin submits a request and says how it ended.
func (s *san) begin(r *Request) <-chan error {
	done := make(chan error, 1)
	r.Done = func(err error) { done <- err }
	s.initiator.Submit(r)
	return done
}
