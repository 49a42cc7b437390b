package blockdev

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/proto"
)

// recordSize makes records cross pages and share them.
const recordSize, slots = 1500, 4

// record says of itself whose it is, which one, and whether it is whole.
func record(writer int, seq uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(writer))
	b = binary.BigEndian.AppendUint64(b, seq)
	b = append(b, fill(byte(seq), recordSize-20)...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// ledger is a machine that writes records to its slots, some over one another without waiting, and remembers what was
// acknowledged.
type ledger struct {
	writer int
	rand   *rand.Rand
	seq    uint64
	issued [slots]uint64
	acked  [slots]uint64
}

func (l *ledger) offset(slot int) int64 { return int64(l.writer*slots+slot) * recordSize }

// write writes one to three records to one slot, all under way together.
func (l *ledger) write(ctx context.Context, i *Initiator) {
	slot := l.rand.IntN(slots)
	burst := 1 + l.rand.IntN(3)
	done := make([]chan error, burst)
	for n := range burst {
		l.seq++
		r := &Request{Op: Write, Offset: l.offset(slot), Data: record(l.writer, l.seq), FUA: l.rand.IntN(3) == 0}
		done[n] = make(chan error, 1)
		r.Done = func(err error) { done[n] <- err }
		i.Submit(r)
	}
	first := l.seq - uint64(burst) + 1
	l.issued[slot] = l.seq
	for n := range burst {
		if <-done[n] == nil {
			l.acked[slot] = first + uint64(n)
		}
	}
	if l.rand.IntN(4) == 0 {
		_ = i.Do(ctx, &Request{Op: Flush})
	}
}

// check reads the slots back and says what is not as it was acknowledged.
func (l *ledger) check(read func(offset int64, b []byte) error) (wrong []string) {
	for slot := range slots {
		b := make([]byte, recordSize)
		if err := read(l.offset(slot), b); err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		seq := binary.BigEndian.Uint64(b[8:])
		switch {
		case l.acked[slot] == 0 && seq == 0:
		case string(b) != string(record(l.writer, seq)):
			wrong = append(wrong, fmt.Sprintf("writer %d slot %d: torn", l.writer, slot))
		case seq < l.acked[slot] || seq > l.issued[slot]:
			wrong = append(wrong, fmt.Sprintf("writer %d slot %d: has %d, acknowledged %d, issued %d", l.writer, slot, seq, l.acked[slot], l.issued[slot]))
		}
	}
	return wrong
}

// writing has machines write until stop is called, which returns them.
func (s *san) writing(seed uint64) (stop func() []*ledger, written *atomic.Int64) {
	var all []*ledger
	var running sync.WaitGroup
	written = &atomic.Int64{}
	ctx, cancel := context.WithCancel(context.Background())
	for w := range 4 {
		l := &ledger{writer: w, rand: rand.New(rand.NewPCG(seed, uint64(w)))}
		all = append(all, l)
		running.Go(func() {
			for ctx.Err() == nil {
				l.write(context.Background(), s.initiator)
				written.Add(1)
				s.patient(ctx)
			}
		})
	}
	return func() []*ledger { cancel(); running.Wait(); return all }, written
}

// patient returns once requests do not fail for want of a path.
func (s *san) patient(ctx context.Context) {
	for s.initiator.Mode() == proto.Failing && ctx.Err() == nil {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// read reads as soon as there is a path.
func (s *san) read(offset int64, b []byte) error {
	for {
		err := s.initiator.Do(context.Background(), &Request{Op: Read, Offset: offset, Data: b})
		if !errors.Is(err, ErrNoPath) {
			return err
		}
		s.patient(context.Background())
	}
}

// schedule breaks and mends things at random, for a while.
func (s *san) schedule(t *testing.T, r *rand.Rand, power bool) {
	names := []string{"a", "b"}
	for range 10 {
		until := s.Now() + time.Duration(r.IntN(6000))*time.Millisecond
		n := r.IntN(2)
		c := s.cables[names[n]]
		switch r.IntN(7) {
		case 0, 1:
			c.set(true, false)
		case 2:
			c.set(false, true)
		case 3:
			c.set(false, true)
			c.set(false, false)
		case 4:
			s.initiator.Carrier(n, r.IntN(2) == 0)
		case 5:
			if power {
				s.volume.LosePower()
			}
		default:
			c.set(false, false)
		}
		assert.Eventually(t, func() bool { return s.Now() >= until }, time.Minute, time.Millisecond)
	}
	s.mend(t)
}

// mend has everything work, and waits until it does.
func (s *san) mend(t *testing.T) {
	for n, name := range []string{"a", "b"} {
		s.cables[name].set(false, false)
		s.initiator.Carrier(n, true)
	}
	assert.Eventually(t, func() bool { return s.initiator.Up(0) && s.initiator.Up(1) }, time.Minute, time.Millisecond)
}

// finale leaves writes on a stalled path, has others overwrite what they wrote, and lets the late ones come when nobody
// writes any more.
func (s *san) finale(t *testing.T, r *rand.Rand, stop func() []*ledger, written *atomic.Int64) []*ledger {
	s.cables[[]string{"a", "b"}[r.IntN(2)]].set(true, false)
	enough := written.Load() + 60
	assert.Eventually(t, func() bool { return written.Load() > enough }, time.Minute, time.Millisecond)
	all := stop()
	s.mend(t)
	return all
}

// anySAN makes an array that loses nothing by what a schedule does to it, and says whether it may lose its power.
func anySAN(t *testing.T, r *rand.Rand, unfenced bool) (s *san, power bool) {
	conf := proto.MultipathConf{Policy: proto.MultipathPolicy(r.IntN(2)), Retry: []int{proto.RetryQueue, proto.RetryFail, 2}[r.IntN(3)]}
	conf.Failback = []time.Duration{0, proto.FailbackManual, 3 * time.Second}[r.IntN(3)]
	conf.NopInterval, conf.NopTimeout = 4*time.Second, 4*time.Second
	cache := []Cache{Through, Mirrored, Volatile}[r.IntN(3)]
	return newSAN(t, VolumeSpec{Cache: cache, Unfenced: unfenced}, conf), cache != Volatile
}

// playSchedule plays one schedule and says what the ledgers found wrong.
func playSchedule(t *testing.T, seed int, unfenced bool) (wrong []string, written int64, discarded int) {
	r := rand.New(rand.NewPCG(uint64(seed), 9))
	s, power := anySAN(t, r, unfenced)
	defer s.stop()
	stop, count := s.writing(uint64(seed))
	s.schedule(t, r, power)
	for _, l := range s.finale(t, r, stop, count) {
		wrong = append(wrong, l.check(s.read)...)
	}
	return wrong, count.Load(), s.volume.Discarded()
}

// TestNothingAcknowledgedIsLost plays random schedules of kills, stalls and failovers.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	schedules, lanes := 100, 10
	if testing.Short() {
		schedules = 20
	}
	var all sync.WaitGroup
	var written, discarded atomic.Int64
	for lane := range lanes {
		all.Go(func() {
			for seed := lane; seed < schedules; seed += lanes {
				wrong, w, d := playSchedule(t, seed, false)
				assert.Empty(t, wrong, "seed %d", seed)
				written.Add(w)
				discarded.Add(int64(d))
			}
		})
	}
	all.Wait()
	assert.Greater(t, written.Load(), int64(schedules*20), "the schedules left nothing to lose")
	assert.Positive(t, discarded.Load(), "no late write was ever tried")
	t.Logf("%d rounds of writes, %d late writes discarded", written.Load(), discarded.Load())
}

// TestSchedulesFindAnArrayThatDoesNotFence plays the same schedules on one, until something is lost.
func TestSchedulesFindAnArrayThatDoesNotFence(t *testing.T) {
	for seed := range 100 {
		if wrong, _, _ := playSchedule(t, seed, true); len(wrong) > 0 {
			return
		}
	}
	t.Error("late writes were let through and nothing was lost")
}

// TestPlantedLossesAreFound has arrays do wrong what the ledger must see.
func TestPlantedLossesAreFound(t *testing.T) {
	for _, cache := range []Cache{Lying, Volatile} {
		s := newSAN(t, VolumeSpec{Cache: cache}, queueing)
		stop, written := s.writing(1)
		require.Eventually(t, func() bool { return written.Load() > 50 }, time.Minute, time.Millisecond)
		all := stop()
		last := all[0] // whatever was flushed before, this one was not
		last.seq++
		last.issued[0], last.acked[0] = last.seq, last.seq
		s.do(t, &Request{Op: Write, Data: record(0, last.seq), FUA: cache == Lying})
		s.volume.LosePower()
		var wrong []string
		for _, l := range all {
			wrong = append(wrong, l.check(func(offset int64, b []byte) error { copy(b, holds(t, s.volume, offset, len(b))); return nil })...)
		}
		assert.NotEmpty(t, wrong, "%s: what was acknowledged is gone", cache)
	}
}
