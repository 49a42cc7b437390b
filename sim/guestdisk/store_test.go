package guestdisk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

var background = context.Background()

// small is a disk on which a log of some blobs is soon full.
const small = roots*rootSize + 2*16<<10

func open(t *testing.T, d sim.Disk) (*Store, Found) {
	t.Helper()
	s, found, err := Open(background, d)
	require.NoError(t, err)
	return s, found
}

// content is what the nth version of a blob says.
func content(name string, n int) []byte {
	return bytes.Repeat([]byte(fmt.Sprint(name, " ", n, "\n")), 1+n%97)
}

func put(s *Store, l *Ledger, name string, n int) error {
	data := content(name, n)
	l.Sent(name, SumOf(data))
	err := s.Put(background, name, data)
	if err == nil {
		l.Acknowledged(name, SumOf(data), time.Duration(n)*time.Second)
	}
	return err
}

func TestStoreKeepsBlobs(t *testing.T) {
	d := simtest.NewDisk(small, 1, false)
	s, found := open(t, d)
	assert.Empty(t, found.Whole)
	var l Ledger
	for n := range 200 { // many times around both logs
		require.NoError(t, put(s, &l, fmt.Sprint("blob", n%7), n))
	}
	data, err := s.Get(background, "blob3")
	require.NoError(t, err)
	assert.Equal(t, content("blob3", 199), data)
	require.NoError(t, s.Delete(background, "blob4"))
	_, err = s.Get(background, "blob4")
	require.ErrorIs(t, err, ErrNone)
	_, _, there := s.Stat("blob4")
	assert.False(t, there)
	size, before, _ := s.Stat("blob5")
	assert.Equal(t, len(content("blob5", 194)), size)
	assert.Equal(t, []string{"blob5", "blob6", "blob0", "blob1", "blob2", "blob3"}, s.Names())

	d.PowerOff()
	d.PowerOn()
	s, found = open(t, d)
	assert.Equal(t, []string{"blob5", "blob6", "blob0", "blob1", "blob2", "blob3"}, s.Names())
	_, after, _ := s.Stat("blob5")
	assert.NotEqual(t, before, after, "nobody can know what happened meanwhile")
	assert.Equal(t, sim.IntegrityData{Intact: 6, Lost: 1, Back: sim.Seconds(6 * time.Second)}, l.Judge(found), "the ledger was not told of the deletion")
}

func TestStoreRefusesWhatDoesNotFit(t *testing.T) {
	s, _ := open(t, simtest.NewDisk(small, 1, false))
	require.ErrorIs(t, s.Put(background, "large", make([]byte, 16<<10)), ErrFull)
	require.NoError(t, s.Put(background, "small", make([]byte, 15<<10)), "nothing was lost by trying")
	require.ErrorContains(t, s.Put(background, "", nil), "1 to 255")
	_, _, err := Open(background, simtest.NewDisk(1000, 1, false))
	require.ErrorIs(t, err, ErrFull)
}

func TestStoreThatFailedToWriteKeepsNothingMore(t *testing.T) {
	d := simtest.NewDisk(small, 1, false)
	s, _ := open(t, d)
	d.CrashAfter(0)
	require.ErrorIs(t, s.Put(background, "a", []byte("1")), simtest.ErrCrashed)
	d.PowerOn()
	require.ErrorIs(t, s.Put(background, "a", []byte("2")), ErrBroken, "nobody knows what is there")
}

// A write that somebody lost patience with is seen through, and the next waits for it.
func TestStoreWritesInTurn(t *testing.T) {
	d := simtest.NewDisk(small, 1, false)
	s, _ := open(t, d)
	d.Stop()
	first := make(chan error, 1)
	go func() { first <- s.Put(background, "a", []byte("1")) }()
	require.Eventually(t, func() bool { return len(s.turn) == 1 }, 10*time.Second, time.Millisecond)
	hasty, cancel := context.WithCancel(background)
	cancel()
	require.ErrorIs(t, s.Put(hasty, "a", []byte("2")), context.Canceled)
	d.Resume()
	require.NoError(t, <-first)
	data, err := s.Get(background, "a")
	require.NoError(t, err)
	assert.Equal(t, "1", string(data))
}

// script is what a machine does until its power goes.
func script(d sim.Disk, l *Ledger, round int) error {
	s, _, err := Open(background, d)
	if err != nil {
		return err
	}
	for n := range 40 {
		if err := put(s, l, fmt.Sprint("blob", n%5), 1000*round+n); err != nil {
			return err
		}
	}
	return nil
}

// Whenever the power goes, what was acknowledged is there: whatever the cache kept, and once more if it goes again.
func TestStoreSurvivesACrashAtEveryWrite(t *testing.T) {
	whole := simtest.NewDisk(small, 0, false)
	require.NoError(t, script(whole, new(Ledger), 0))
	for at := range whole.Ops() {
		for seed := range uint64(4) {
			d, l := simtest.NewDisk(small, seed, false), new(Ledger)
			for round, crash := range []int{at, at / 3, whole.Ops() - at} {
				d.CrashAfter(crash)
				if err := script(d, l, round); err != nil {
					require.ErrorIs(t, err, simtest.ErrCrashed)
				}
				d.PowerOff()
				d.PowerOn()
				_, found := open(t, d)
				require.True(t, l.Judge(found).Sound(), "crash at write %d, round %d, seed %d: %+v", at, round, seed, l.Judge(found))
			}
		}
	}
}

// A disk that lies about what is safe is found out, at every write.
func TestStoreFindsALiar(t *testing.T) {
	whole := simtest.NewDisk(small, 0, false)
	require.NoError(t, script(whole, new(Ledger), 0))
	for at := 5; at < whole.Ops(); at++ { // once the store is open and has acknowledged something
		d, l := simtest.NewDisk(small, 1, true), new(Ledger)
		d.CrashAfter(at)
		require.ErrorIs(t, script(d, l, 0), simtest.ErrCrashed)
		d.PowerOn()
		_, found := open(t, d)
		require.Positive(t, l.Judge(found).Lost, "crash at write %d", at)
	}
}

// damage changes a byte in the record of a blob.
func damage(t *testing.T, s *Store, d sim.Disk, name string, offset int64) {
	t.Helper()
	b := make([]byte, 1)
	at := s.places[name].at + offset
	require.NoError(t, d.ReadAt(background, b, at))
	b[0] ^= 0xff
	require.NoError(t, d.WriteAt(background, b, at, true))
}

func TestStoreTellsTornStaleAndLostApart(t *testing.T) {
	d := simtest.NewDisk(small, 1, false)
	s, _ := open(t, d)
	var l Ledger
	for i, name := range []string{"a", "b", "a", "c", "d"} {
		require.NoError(t, put(s, &l, name, i))
	}
	damage(t, s, d, "a", headerSize)
	found, err := s.Find(background)
	require.NoError(t, err)
	assert.Equal(t, sim.IntegrityData{Intact: 3, Torn: 1, Back: sim.Seconds(2 * time.Second)}, l.Judge(found), "the second a is torn")
	_, err = s.Get(background, "a")
	require.ErrorIs(t, err, ErrTorn)

	damage(t, s, d, "c", 0)
	found, err = s.Find(background)
	require.NoError(t, err)
	assert.Equal(t, sim.IntegrityData{Intact: 1, Lost: 2, Torn: 1, Back: sim.Seconds(2 * time.Second)}, l.Judge(found), "without the header of c the log ends")

	s, found = open(t, d)
	assert.True(t, found.Torn["a"])
	data, err := s.Get(background, "a")
	require.NoError(t, err)
	assert.Equal(t, content("a", 0), data, "the older a")
	found, err = s.Find(background)
	require.NoError(t, err)
	assert.Equal(t, 1, l.Judge(found).Stale, "what was torn is not any more: the older one was kept")
}

func TestLedgerKnowsWhatMayBeThere(t *testing.T) {
	l := Ledger{Keep: 2}
	one, two, three := SumOf([]byte("1")), SumOf([]byte("2")), SumOf([]byte("3"))
	has := func(s Sum) sim.IntegrityData { return l.Judge(Found{Whole: map[string]Sum{"a": s}}) }
	l.Sent("a", one)
	assert.Equal(t, sim.IntegrityData{}, l.Judge(Found{}), "nothing was acknowledged")
	l.Sent("a", two)
	l.Acknowledged("a", two, time.Second)
	l.Sent("a", three)
	assert.Equal(t, 1, has(two).Intact)
	assert.Equal(t, 1, has(three).Intact, "it was written, and the answer was lost")
	assert.Equal(t, 1, has(one).Stale)

	l.Acknowledged("unheard of", one, time.Second)
	for _, name := range []string{"b", "c"} {
		l.Sent(name, one)
		l.Acknowledged(name, one, time.Second)
	}
	assert.Equal(t, 2, l.Judge(Found{}).Lost, "a is forgotten")
}

func TestLedgerSaysNothingOfWhatCameWhileTheDiskWasRead(t *testing.T) {
	var l Ledger
	one, two := SumOf([]byte("1")), SumOf([]byte("2"))
	give := func(name string, s Sum) { l.Sent(name, s); l.Acknowledged(name, s, time.Second) }
	give("a", one)
	give("b", one)
	mark := l.Mark()
	give("b", two)
	give("c", one)
	assert.Equal(t, 1, l.JudgeUpTo(mark, Found{}).Lost, "a: b was given anew, and c after the mark")
	assert.Equal(t, sim.IntegrityData{Intact: 1}, l.JudgeUpTo(mark, Found{Whole: map[string]Sum{"a": one, "b": one}}), "b may have been read before")
	assert.Equal(t, 3, l.JudgeUpTo(mark, Found{Whole: map[string]Sum{"a": one, "b": two, "c": one}}).Intact)
	assert.Equal(t, 3, l.Judge(Found{}).Lost)
}

func TestPartHasItsBounds(t *testing.T) {
	d := simtest.NewDisk(8192, 1, false)
	p := Part(d, 4096, 1024)
	require.NoError(t, p.WriteAt(background, []byte("abc"), 1021, true))
	require.Error(t, p.WriteAt(background, []byte("abc"), 1022, true))
	require.Error(t, p.ReadAt(background, make([]byte, 3), 1022))
	require.Error(t, p.ReadAt(background, make([]byte, 3), -1))
	b := make([]byte, 3)
	require.NoError(t, d.ReadAt(background, b, 4096+1021))
	assert.Equal(t, "abc", string(b))
	assert.EqualValues(t, 1024, p.Size())
}

// Whatever stands on the disk, opening a store ends well, and it keeps what it is given then.
func FuzzOpen(f *testing.F) {
	d := simtest.NewDisk(small, 1, false)
	s, _, err := Open(background, d)
	if err != nil {
		f.Fatal(err)
	}
	if err := errors.Join(s.Put(background, "a", []byte("1")), s.Put(background, "b", make([]byte, 3000))); err != nil {
		f.Fatal(err)
	}
	image := make([]byte, small)
	if err := d.ReadAt(background, image, 0); err != nil {
		f.Fatal(err)
	}
	f.Add(image[:roots*rootSize], image[roots*rootSize+16<<10:][:8192])
	f.Add([]byte{}, bytes.Repeat([]byte{0xff}, 600))
	f.Fuzz(func(t *testing.T, root, log []byte) {
		d := simtest.NewDisk(small, 1, false)
		require.NoError(t, d.WriteAt(background, root[:min(len(root), roots*rootSize)], 0, true))
		for half := range int64(2) {
			require.NoError(t, d.WriteAt(background, log[:min(len(log), 16<<10)], roots*rootSize+half*16<<10, true))
		}
		s, _ := open(t, d)
		require.NoError(t, s.Put(background, "new", []byte("content")))
		s, _ = open(t, d)
		data, err := s.Get(background, "new")
		require.NoError(t, err)
		require.Equal(t, "content", string(data))
	})
}
