package blockdev

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/proto"
)

var queueing = proto.MultipathConf{Retry: proto.RetryQueue}

func TestInitiatorGoesOnOverTheOtherPath(t *testing.T) {
	for name, lose := range map[string]func(*san){
		"silent":  func(s *san) { s.cables["a"].set(true, false) },
		"killed":  func(s *san) { s.cables["a"].set(false, true) },
		"carrier": func(s *san) { s.cables["a"].set(true, false); s.initiator.Carrier(0, false) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSAN(t, VolumeSpec{}, queueing)
			s.upTo(t, true, true)
			s.do(t, &Request{Op: Write, Data: []byte("one")})
			lose(s)
			s.do(t, &Request{Op: Write, Offset: 1, Data: []byte("two")})
			s.do(t, &Request{Op: Flush})
			got := make([]byte, 5)
			s.do(t, &Request{Op: Read, Data: got})
			assert.Equal(t, "otwo\x00", string(got))
			s.upTo(t, false, true)
			s.cables["a"].set(false, false)
			s.initiator.Carrier(0, true)
			s.upTo(t, true, true)
			assert.EqualValues(t, 1<<20, s.initiator.Size())
		})
	}
}

func TestInitiatorTellsWhatBecomesOfRequests(t *testing.T) {
	s := newSAN(t, VolumeSpec{}, queueing)
	s.upTo(t, true, true)
	s.do(t, &Request{Op: Flush})
	uses := s.initiator.Take()
	require.NotEmpty(t, uses)
	first, last := uses[0], uses[len(uses)-1]
	assert.Equal(t, Use{Path: first.Path, Mode: proto.Serving, Why: first.Path + " answers"}, first)
	assert.Equal(t, "a", last.Path, "the first path is the preferred one")
	for n, cable := range []string{"a", "b"} {
		s.cables[cable].set(true, false)
		s.initiator.Carrier(n, false)
	}
	assert.True(t, s.initiator.Untold())
	assert.Equal(t, []Use{
		{Path: "b", Mode: proto.Serving, Why: "a has no carrier"},
		{Mode: proto.Queueing, Why: "b has no carrier"},
	}, s.initiator.Take())
	assert.Empty(t, s.initiator.Take())
}

// A world begins before the time that its timeline counts from.
func TestInitiatorFencesBeforeTimeZero(t *testing.T) {
	s := newEarlySAN(t, VolumeSpec{}, queueing, time.Hour)
	s.upTo(t, true, true)
	s.cables["a"].set(true, false)
	s.do(t, &Request{Op: Write, Data: []byte("held on a, then sent over b")})
}

// TestALateWriteIsDiscarded is the case that fencing is for; without fencing it must be seen to go wrong.
func TestALateWriteIsDiscarded(t *testing.T) {
	for _, unfenced := range []bool{false, true} {
		s := newSAN(t, VolumeSpec{Unfenced: unfenced}, queueing)
		s.upTo(t, true, true)
		s.cables["a"].set(true, false)
		s.do(t, &Request{Op: Write, Data: []byte("old")}) // held on a, then sent over b and acknowledged
		_, err := s.volume.Attach("hv1/ds1/a", 1<<32|1)
		require.ErrorIs(t, err, ErrFenced, "it was sent again before the old session was fenced")
		s.do(t, &Request{Op: Write, Data: []byte("new"), FUA: true})
		s.cables["a"].set(false, false) // and now it arrives
		if unfenced {
			require.Eventually(t, func() bool { return string(holds(t, s.volume, 0, 3)) == "old" }, 10*time.Second, time.Millisecond,
				"without fencing the late write is carried out")
			continue
		}
		require.Eventually(t, func() bool { return s.volume.Discarded() == 1 }, 10*time.Second, time.Millisecond)
		assert.Equal(t, "new", string(holds(t, s.volume, 0, 3)))
	}
}

func TestRequestsWaitForAPathOrFail(t *testing.T) {
	s := newSAN(t, VolumeSpec{}, queueing)
	s.upTo(t, true, true)
	s.cables["a"].set(false, true)
	s.cables["b"].set(false, true)
	s.upTo(t, false, false)
	done := s.begin(&Request{Op: Write, Data: []byte("w")})
	assert.Equal(t, proto.Queueing, s.initiator.Mode())
	s.cables["b"].set(false, false)
	require.NoError(t, <-done)

	s = newSAN(t, VolumeSpec{}, proto.MultipathConf{Retry: proto.RetryFail})
	s.upTo(t, true, true)
	s.cables["a"].set(true, false)
	s.cables["b"].set(true, false)
	require.ErrorIs(t, <-s.begin(&Request{Op: Write, Data: []byte("old")}), ErrNoPath)
	require.ErrorIs(t, <-s.begin(&Request{Op: Read, Offset: 100, Data: make([]byte, 1)}), ErrNoPath)
	s.cables["b"].set(false, false)
	s.upTo(t, false, true)
	s.do(t, &Request{Op: Write, Data: []byte("new")}) // waits until the failed one's session is fenced
	s.cables["a"].set(false, false)
	s.upTo(t, true, true)
	assert.Equal(t, "new", string(holds(t, s.volume, 0, 3)))
}

func TestOverlappingRequestsAreKeptApart(t *testing.T) {
	s := newSAN(t, VolumeSpec{}, proto.MultipathConf{Retry: proto.RetryQueue, Policy: proto.RoundRobin})
	s.upTo(t, true, true)
	s.cables["a"].set(true, false)
	var all []<-chan error
	for n := range 20 { // every second one goes to a
		all = append(all, s.begin(&Request{Op: Write, Offset: int64(n / 2), Data: []byte{byte(n), byte(n)}}))
	}
	got := make([]byte, 11)
	all = append(all, s.begin(&Request{Op: Read, Data: got}))
	for _, done := range all {
		require.NoError(t, <-done)
	}
	want := []byte{1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 19}
	assert.Equal(t, want, got, "as if they were sent one after the other")
	assert.Equal(t, want, holds(t, s.volume, 0, len(want)), "and nothing came after that")
}

func TestTheArraysErrorsReachTheOwner(t *testing.T) {
	s := newSAN(t, VolumeSpec{}, queueing)
	require.ErrorIs(t, <-s.begin(&Request{Op: Write, Offset: 1 << 20, Data: []byte{1}}), ENOSPC)
	require.ErrorIs(t, <-s.begin(&Request{Op: Write, Offset: -1, Data: []byte{1}}), EINVAL)
	s.volume.SetGone(true)
	require.ErrorIs(t, <-s.begin(&Request{Op: Flush}), EIO)
	s.stop()
	require.ErrorIs(t, <-s.begin(&Request{Op: Flush}), ErrClosed)
}

func TestWhatIsUnderWayEndsWithTheInitiator(t *testing.T) {
	s := newSAN(t, VolumeSpec{}, queueing)
	s.upTo(t, true, true)
	s.cables["a"].set(true, false)
	sent, blocked := s.begin(&Request{Op: Write, Data: []byte("a")}), s.begin(&Request{Op: Write, Data: []byte("b")})
	s.stop()
	require.ErrorIs(t, <-sent, ErrClosed)
	require.ErrorIs(t, <-blocked, ErrClosed)
}

func TestInitiatorsThatCannotBe(t *testing.T) {
	for _, spec := range []InitiatorSpec{
		{Name: "x", Volume: "v"},
		{Name: "x;y", Volume: "v", Paths: []Path{{Name: "a"}}},
		{Name: "x", Volume: "v", Paths: []Path{{Name: "a"}}, Multipath: proto.MultipathConf{Groups: []int{0, 0}}},
	} {
		_, err := NewInitiator(newWall(), spec)
		require.Error(t, err)
	}
}

func TestABootFencesWhatWasBefore(t *testing.T) {
	s := newSAN(t, VolumeSpec{}, queueing)
	s.upTo(t, true, true)
	n, err := s.volume.Attach("hv1/ds1/a", 2<<32|1) // as the next start of the host does
	require.NoError(t, err)
	require.NoError(t, n.Write([]byte("boot"), 0, false))
	s.begin(&Request{Op: Write, Data: []byte("late")})
	require.Eventually(t, func() bool { return s.volume.Discarded() == 1 }, 10*time.Second, time.Millisecond)
	assert.Equal(t, "boot", string(holds(t, s.volume, 0, 4)))
}
