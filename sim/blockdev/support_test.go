package blockdev

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

// wall is a clock that runs with real time.
type wall struct{ start time.Time }

func newWall() wall { return wall{time.Now()} }

func (w wall) Now() time.Duration { return time.Since(w.start) }

func (w wall) Pace(ctx context.Context, interval time.Duration, tick func(time.Duration)) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			tick(w.Now())
		}
	}
}

func (w wall) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, address)
}

// stopped is a clock that stands until it is set.
type stopped struct {
	mu  sync.Mutex
	now time.Duration
}

func (s *stopped) Now() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *stopped) set(now time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

func newVolume(t testing.TB, spec VolumeSpec) *Volume {
	t.Helper()
	if spec.Name == "" {
		spec.Name = "vol1"
	}
	if spec.Size == 0 {
		spec.Size = 1 << 20
	}
	v, err := NewVolume(spec)
	require.NoError(t, err)
	t.Cleanup(func() { _ = v.Close() })
	return v
}

// serve serves on the loopback interface until the test ends, and says where.
func serve(t testing.TB, s *Server) (address string) {
	t.Helper()
	if s.Clock == nil {
		s.Clock = newWall()
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-served)
	})
	return l.Addr().String()
}

// dial begins a session that ends with the test.
func dial(t testing.TB, address, name string) *Session {
	t.Helper()
	s, err := tryDial(address, name)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func tryDial(address, name string) (*Session, error) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	c, err := net.Dial("tcp4", address)
	if err != nil {
		return nil, err
	}
	return Connect(ctx, c, name)
}

func do(t testing.TB, s *Session, r *Request) {
	t.Helper()
	require.NoError(t, try(t, s, r))
}

func try(t testing.TB, s *Session, r *Request) error {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	return s.Do(ctx, r)
}

// fill is length bytes that say whose they are.
func fill(b byte, length int) []byte {
	data := make([]byte, length)
	for i := range data {
		data[i] = b + byte(i%7)
	}
	return data
}

// holds reads straight from the volume.
func holds(t testing.TB, v *Volume, offset int64, length int) []byte {
	t.Helper()
	n, err := v.Attach("", 0)
	require.NoError(t, err)
	b := fill(99, length)
	require.NoError(t, n.Read(b, offset))
	return b
}

const mib = topology.Bytes(1 << 20)
