package simtest

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// ErrCrashed is what a Disk answers that has lost its power.
var ErrCrashed = errors.New("the disk has no power")

// Disk is a disk in memory with a volatile write cache, that can lose its power at any write and lie about flushes. What
// a loss of power leaves of the cache is a matter of dice, sector by sector.
type Disk struct {
	mu    sync.Mutex
	size  int64
	safe  map[int64][sector]byte // what no loss of power takes
	cache map[int64][sector]byte
	dice  *rand.Rand
	lying bool
	off   bool
	left  int // writes and flushes until the power goes; negative: it does not
	ops   int
	gate  chan struct{} // closed when requests go on; nil while they do
	held  int           // how many wait for that
}

// NewDisk makes a disk of zeroes. A lying one acknowledges FUA and flushes without heeding them.
func NewDisk(size int64, seed uint64, lying bool) *Disk {
	return &Disk{
		size: size, safe: map[int64][sector]byte{}, cache: map[int64][sector]byte{},
		dice: rand.New(rand.NewPCG(seed, 0)), lying: lying, left: -1,
	}
}

// CrashAfter has the power go in the midst of the write or flush that comes after n more.
func (d *Disk) CrashAfter(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left = n
}

// Ops is how many writes and flushes there were.
func (d *Disk) Ops() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// PowerOff takes the power, if it is not gone yet.
func (d *Disk) PowerOff() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lose()
}

// PowerOn gives it back.
func (d *Disk) PowerOn() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off, d.left = false, -1
}

// Stop has requests wait from now on, until Resume.
func (d *Disk) Stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gate = make(chan struct{})
}

// Resume has those that wait go on.
func (d *Disk) Resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.gate)
	d.gate = nil
}

// Holds says whether a request waits.
func (d *Disk) Holds() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held > 0
}

// lose throws the dice for every sector of the cache. A liar's cache is lost whole: it had all the time in the world.
func (d *Disk) lose() {
	if d.off {
		return
	}
	d.off = true
	for _, at := range slices.Sorted(maps.Keys(d.cache)) {
		if d.dice.IntN(2) == 0 && !d.lying {
			d.safe[at] = d.cache[at]
		}
	}
	clear(d.cache)
}

// Size implements sim.Disk.
func (d *Disk) Size() int64 { return d.size }

// ReadAt implements sim.Disk.
func (d *Disk) ReadAt(ctx context.Context, p []byte, offset int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.ready(ctx); err != nil {
		return err
	}
	for len(p) > 0 {
		s := d.present(offset / sector)
		n := copy(p, s[offset%sector:])
		p, offset = p[n:], offset+int64(n)
	}
	return nil
}

func (d *Disk) present(n int64) [sector]byte {
	if s, ok := d.cache[n]; ok {
		return s
	}
	return d.safe[n]
}

// WriteAt implements sim.Disk.
func (d *Disk) WriteAt(ctx context.Context, p []byte, offset int64, fua bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.ready(ctx); err != nil {
		return err
	}
	touched := map[int64]bool{}
	for len(p) > 0 {
		s := d.present(offset / sector)
		n := copy(s[offset%sector:], p)
		d.cache[offset/sector], touched[offset/sector] = s, true
		p, offset = p[n:], offset+int64(n)
	}
	if d.counted() {
		return ErrCrashed
	}
	if fua {
		d.settle(touched)
	}
	return nil
}

// Flush implements sim.Disk.
func (d *Disk) Flush(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.ready(ctx); err != nil {
		return err
	}
	if d.counted() {
		return ErrCrashed
	}
	d.settle(nil)
	return nil
}

// counted counts an operation, and says whether the power went in it.
func (d *Disk) counted() bool {
	d.ops++
	if d.left == 0 {
		d.lose()
		return true
	}
	d.left--
	return false
}

// settle brings sectors to where they are safe; nil is all.
func (d *Disk) settle(which map[int64]bool) {
	if d.lying {
		return
	}
	for n, s := range d.cache {
		if which == nil || which[n] {
			d.safe[n] = s
			delete(d.cache, n)
		}
	}
}

// ready waits, with the lock given up, until requests go on. One whose context has ended meanwhile does nothing: what is
// sent by a machine that was switched off is not carried out once it is on again.
func (d *Disk) ready(ctx context.Context) error {
	if gate := d.gate; gate != nil {
		d.held++
		d.mu.Unlock()
		select {
		case <-gate:
		case <-ctx.Done():
		}
		d.mu.Lock()
		d.held--
	}
	if d.off {
		return errors.Join(ctx.Err(), ErrCrashed)
	}
	return ctx.Err()
}
