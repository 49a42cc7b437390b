package guestdisk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/blockdev"
)

// array is a volume and who serves it over the network.
type array struct {
	volume  *blockdev.Volume
	address string
}

// wall is a clock that runs with real time.
type wall struct{ start time.Time }

func (w wall) Now() time.Duration { return time.Since(w.start) }

func (w wall) Pace(ctx context.Context, _ time.Duration, _ func(time.Duration)) { <-ctx.Done() }

func newArray(t *testing.T, cache blockdev.Cache) *array {
	t.Helper()
	v, err := blockdev.NewVolume(blockdev.VolumeSpec{Name: "vol1", Size: small, Cache: cache})
	require.NoError(t, err)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(background)
	served := make(chan error, 1)
	go func() {
		served <- (&blockdev.Server{Clock: wall{time.Now()}, Volumes: []*blockdev.Volume{v}}).Serve(ctx, l)
	}()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-served)
		require.NoError(t, v.Close())
	})
	return &array{v, l.Addr().String()}
}

// remoteDisk is a session to an array as a disk.
type remoteDisk struct{ session *blockdev.Session }

// dial begins a session, which hangUp ends in the midst of whatever it does.
func (a *array) dial(t *testing.T) (d remoteDisk, hangUp func()) {
	t.Helper()
	c, err := net.Dial("tcp4", a.address)
	require.NoError(t, err)
	s, err := blockdev.Connect(background, c, "vol1")
	require.NoError(t, err)
	var once sync.Once
	return remoteDisk{s}, func() { once.Do(s.Close) }
}

func (d remoteDisk) ReadAt(ctx context.Context, b []byte, offset int64) error {
	return d.session.Do(ctx, &blockdev.Request{Op: blockdev.Read, Data: b, Offset: offset})
}

func (d remoteDisk) WriteAt(ctx context.Context, b []byte, offset int64, fua bool) error {
	return d.session.Do(ctx, &blockdev.Request{Op: blockdev.Write, Data: append([]byte(nil), b...), Offset: offset, FUA: fua})
}

func (d remoteDisk) Flush(ctx context.Context) error {
	return d.session.Do(ctx, &blockdev.Request{Op: blockdev.Flush})
}

func (d remoteDisk) Size() int64 { return small }

// live is a machine that writes until its session ends, and a power loss at a moment that nobody chose.
func (a *array) live(t *testing.T, l *Ledger, round int, dice *rand.Rand) {
	t.Helper()
	d, hangUp := a.dial(t)
	defer hangUp()
	s, _ := open(t, d)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; put(s, l, fmt.Sprint("blob", n%5), 1000*round+n) == nil; n++ {
		}
	}()
	time.Sleep(time.Duration(1+dice.IntN(20)) * time.Millisecond) // the moment is the test's, and any will do
	a.volume.LosePower()
	hangUp()
	<-done
}

func (a *array) found(t *testing.T) Found {
	t.Helper()
	d, hangUp := a.dial(t)
	defer hangUp()
	_, found := open(t, d)
	return found
}

// Over the network, from an array with any honest cache, nothing that was acknowledged is lost, however often the power
// of the array and the session to it go.
func TestOverTheNetworkAnHonestArrayLosesNothing(t *testing.T) {
	for _, cache := range []blockdev.Cache{blockdev.Through, blockdev.Mirrored, blockdev.Volatile} {
		t.Run(string(cache), func(t *testing.T) {
			t.Parallel()
			a, l, dice := newArray(t, cache), new(Ledger), rand.New(rand.NewPCG(1, 1))
			for round := range 40 {
				a.live(t, l, round, dice)
				verdict := l.Judge(a.found(t))
				require.True(t, verdict.Sound(), "round %d: %+v", round, verdict)
			}
			require.Positive(t, l.Judge(a.found(t)).Intact)
		})
	}
}

func TestOverTheNetworkALiarIsFound(t *testing.T) {
	a, l := newArray(t, blockdev.Lying), new(Ledger)
	d, hangUp := a.dial(t)
	defer hangUp()
	s, _ := open(t, d)
	for n := range 10 {
		require.NoError(t, put(s, l, fmt.Sprint("blob", n), n))
	}
	require.True(t, l.Judge(a.found(t)).Sound(), "as long as it has power, it has it all")
	a.volume.LosePower()
	require.Equal(t, 10, l.Judge(a.found(t)).Lost)
}
