package blockdev

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

func TestSessionDoesAllRequests(t *testing.T) {
	v := newVolume(t, VolumeSpec{Size: 40 * mib, Cache: Volatile})
	s := dial(t, serve(t, &Server{Volumes: []*Volume{v}}), "vol1;initiator=hv1;generation=1")
	assert.Equal(t, v.Size(), s.Size())
	data := fill('x', 3<<20)
	do(t, s, &Request{Op: Write, Offset: 12345, Data: data})
	got := make([]byte, len(data))
	do(t, s, &Request{Op: Read, Offset: 12345, Data: got})
	assert.Equal(t, data, got)
	do(t, s, &Request{Op: Write, Offset: 0, Data: fill('y', 10), FUA: true})
	do(t, s, &Request{Op: WriteZeroes, Offset: 12345, Length: 100})
	do(t, s, &Request{Op: Flush})
	do(t, s, &Request{Op: Trim, Offset: 1 << 20, Length: 4096})
	v.LosePower()
	assert.Equal(t, make([]byte, 100), holds(t, v, 12345, 100))
	assert.Equal(t, data[100:200], holds(t, v, 12445, 100))
	assert.Equal(t, fill('y', 10), holds(t, v, 0, 10))
}

func TestServerErrorsLeaveTheSessionAlive(t *testing.T) {
	v, ro := newVolume(t, VolumeSpec{}), newVolume(t, VolumeSpec{Name: "ro", ReadOnly: true})
	address := serve(t, &Server{Volumes: []*Volume{v, ro}})
	s, r := dial(t, address, "vol1"), dial(t, address, "ro")
	for range 3 {
		require.ErrorIs(t, try(t, s, &Request{Op: Write, Offset: v.Size() - 1, Data: make([]byte, 5000)}), ENOSPC)
		require.ErrorIs(t, try(t, s, &Request{Op: WriteZeroes, Offset: 1 << 62, Length: 1}), ENOSPC)
		require.ErrorIs(t, try(t, s, &Request{Op: Trim, Offset: v.Size(), Length: 1}), EINVAL)
		require.ErrorIs(t, try(t, s, &Request{Op: Read, Offset: v.Size(), Data: make([]byte, 1)}), EINVAL)
		require.ErrorIs(t, try(t, r, &Request{Op: Write, Data: make([]byte, 1)}), EPERM)
		require.ErrorIs(t, try(t, r, &Request{Op: Trim, Length: 1}), EPERM)
		do(t, s, &Request{Op: Read, Data: make([]byte, 1)})
		do(t, s, &Request{Op: Read})
	}
	assert.True(t, s.Can(Trim) && !r.Can(Trim) && r.Can(Flush))
	require.ErrorIs(t, s.Submit(&Request{Op: Write, Data: make([]byte, MaxRequest+1)}), EINVAL)
	require.ErrorIs(t, s.Submit(&Request{Op: disconnect}), EINVAL)
}

func TestExportsThatCannotBeHad(t *testing.T) {
	v, standby := newVolume(t, VolumeSpec{}), newVolume(t, VolumeSpec{Name: "vol2"})
	address := serve(t, &Server{Volumes: []*Volume{v, standby}, Refuse: func(v *Volume) bool { return v == standby }})
	for name, want := range map[string]error{
		"vol3": ErrUnknownExport, "": ErrUnknownExport, "vol2": ErrRefused, "vol1;initiator=": ErrUnknownExport,
		string(fill('v', maxName+1)): ErrUnknownExport,
	} {
		_, err := tryDial(address, name)
		require.ErrorIs(t, err, want, name)
	}
	dial(t, address, "vol1;initiator=a;generation=2")
	_, err := tryDial(address, "vol1;initiator=a;generation=1")
	require.ErrorIs(t, err, ErrRefused)
}

func TestAFencedSessionIsOver(t *testing.T) {
	v := newVolume(t, VolumeSpec{})
	a, b := serve(t, &Server{Volumes: []*Volume{v}}), serve(t, &Server{Volumes: []*Volume{v}})
	old := dial(t, a, "vol1;initiator=hv1;generation=1")
	dial(t, b, "vol1;initiator=hv1;generation=2")
	require.ErrorIs(t, try(t, old, &Request{Op: Write, Data: []byte("late")}), ESHUTDOWN, "on the other controller too")
	assert.Equal(t, make([]byte, 4), holds(t, v, 0, 4))
}

// TestSessionPipelines has many requests under way from many goroutines.
func TestSessionPipelines(t *testing.T) {
	v := newVolume(t, VolumeSpec{Size: 64 * mib})
	s := dial(t, serve(t, &Server{Volumes: []*Volume{v}}), "vol1")
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			for range 50 {
				data := fill(byte(i), 1+r.IntN(100_000))
				do(t, s, &Request{Op: Write, Offset: int64(i) * int64(mib), Data: data})
				got := make([]byte, len(data))
				do(t, s, &Request{Op: Read, Offset: int64(i) * int64(mib), Data: got})
				if !assert.Equal(t, data, got) {
					return
				}
			}
		})
	}
	all.Wait()
}

func TestDisconnectLosesNothing(t *testing.T) {
	v := newVolume(t, VolumeSpec{Size: 64 * mib})
	s := dial(t, serve(t, &Server{Volumes: []*Volume{v}}), "vol1")
	errs := make(chan error, 100)
	for i := range 100 {
		r := &Request{Op: Write, Offset: int64(i) * 10_000, Data: fill(byte(i), 10_000), Done: func(err error) { errs <- err }}
		require.NoError(t, s.Submit(r))
	}
	require.NoError(t, s.Disconnect(context.Background()))
	for range 100 {
		require.NoError(t, <-errs)
	}
	require.Error(t, s.Submit(&Request{Op: Flush, Done: func(error) {}}))
}

// silent is a server that takes an export's requests and answers none until told so.
func silent(t *testing.T, v *Volume) (s *Session, open func()) {
	clock := &stopped{}
	throttle := &Throttle{}
	throttle.SetSpeed(Speed{Latency: time.Millisecond})
	s = dial(t, serve(t, &Server{Clock: clock, Volumes: []*Volume{v}, Throttle: throttle}), "vol1")
	return s, func() {
		throttle.SetSpeed(Speed{})
		clock.set(time.Hour)
	}
}

func TestRequestsExpireByTheScenariosClock(t *testing.T) {
	v := newVolume(t, VolumeSpec{})
	s, open := silent(t, v)
	errs := make(chan error, 10)
	for i, deadline := range []time.Duration{10 * time.Second, 20 * time.Second, 0} {
		for _, op := range []Op{Read, Flush} {
			r := &Request{Op: op, Deadline: deadline, Done: func(err error) { errs <- err }}
			if op == Read {
				r.Data = fill(byte(i), 5000)
			}
			require.NoError(t, s.Submit(r))
		}
	}
	s.Expire(10 * time.Second)
	assert.Empty(t, errs)
	s.Expire(11 * time.Second)
	require.Len(t, errs, 2)
	require.ErrorIs(t, <-errs, ErrDeadline)
	require.ErrorIs(t, <-errs, ErrDeadline)
	open()
	for range 4 {
		require.NoError(t, <-errs, "a late answer disturbs nobody")
	}
	do(t, s, &Request{Op: Read, Data: make([]byte, 10)})
}

func TestAClosedSessionEndsWhatIsUnderWay(t *testing.T) {
	s, _ := silent(t, newVolume(t, VolumeSpec{}))
	errs := make(chan error, 1)
	require.NoError(t, s.Submit(&Request{Op: Read, Data: make([]byte, 9), Done: func(err error) { errs <- err }}))
	s.Close()
	require.ErrorIs(t, <-errs, ErrClosed)
	require.ErrorIs(t, s.Submit(&Request{Op: Flush}), ErrClosed)
}

func TestDoGivesTheDataBackWhenItIsCancelled(t *testing.T) {
	s, _ := silent(t, newVolume(t, VolumeSpec{}))
	ctx, stop := context.WithCancel(context.Background())
	stop()
	require.ErrorIs(t, s.Do(ctx, &Request{Op: Read, Data: make([]byte, 9)}), context.Canceled)
}

func TestConnectIsCancelled(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, err := Connect(ctx, near, "vol1")
	require.Error(t, err)
}

func TestTheDisksServeOneAfterTheOther(t *testing.T) {
	throttle := &Throttle{}
	throttle.SetSpeed(Speed{DiskSpeed: topology.DiskSpeed{Throughput: topology.ByteRate(100 * mib), IOPS: 1000}, Latency: 5 * time.Millisecond})
	at := func(now time.Duration, length int64) time.Duration { return throttle.admit(now, length) }
	assert.Equal(t, 6*time.Millisecond, at(0, 4096), "an operation and the latency")
	assert.Equal(t, 7*time.Millisecond, at(0, 4096), "the next operation; the latency goes on side by side")
	assert.Equal(t, 17*time.Millisecond, at(0, 1<<20), "1 MiB at 100 MiB/s")
	assert.Equal(t, time.Second+6*time.Millisecond, at(time.Second, 4096), "idle disks save nothing up")
	assert.Equal(t, time.Second+7*time.Millisecond, at(time.Second+2*time.Millisecond, 4096), "who asks a little late loses nothing")
	assert.Equal(t, time.Second+15*time.Millisecond, at(time.Second+10*time.Millisecond, 4096), "nor does anybody gain")
	var none Throttle
	assert.Equal(t, time.Second, none.admit(time.Second, 1<<30))
}

func TestADetourDelays(t *testing.T) {
	v := newVolume(t, VolumeSpec{})
	s := &Server{Clock: newWall(), Detour: func(*Volume) time.Duration { return time.Hour }}
	assert.Greater(t, s.due(v, 0), time.Hour-time.Millisecond)
}
