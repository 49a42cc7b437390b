package guestdisk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/dcdrill/dcdrill/sim"
)

// MaxLog is the longest log. Chosen: two of them and their copies take little of a machine's memory.
const MaxLog = 16 << 20

// MostWritten is how much of a disk a store writes at most: both logs and the roots.
const MostWritten = 2*MaxLog + roots*rootSize

// What a store answers to what it cannot do. ErrBroken is for good: after a write that failed nobody knows what is on the
// disk until it is read again.
var (
	ErrNone   = errors.New("no such blob")
	ErrTorn   = errors.New("its bytes are not those that were written")
	ErrFull   = errors.New("no room is left")
	ErrBroken = errors.New("a write has failed before")
)

// Store keeps blobs on a disk. It has one request to the disk under way, as a journal does; others wait in line. Safe
// for use from several goroutines.
type Store struct {
	// life is the machine's: a write that was begun is seen through, however soon those who wanted it lose patience.
	life context.Context
	disk sim.Disk
	size int64 // of a log
	turn chan struct{}

	// what follows belongs to whoever has the turn, and is locked for those who only look
	mu     sync.Mutex
	places map[string]place
	root   root
	end    int64
	next   uint64
	broken bool
}

// Open brings a store up after a boot, and says what it has found. Its requests end with ctx.
func Open(ctx context.Context, d sim.Disk) (*Store, Found, error) {
	s := &Store{life: ctx, disk: d, size: min((d.Size()-roots*rootSize)/2/sector*sector, MaxLog), turn: make(chan struct{}, 1)}
	if s.size < headerSize {
		return nil, Found{}, fmt.Errorf("open a store on %d bytes: %w", d.Size(), ErrFull)
	}
	present, err := readRoot(ctx, d)
	if err != nil {
		return nil, Found{}, err
	}
	s.root = present
	log, err := s.scan(ctx)
	if err != nil {
		return nil, Found{}, err
	}
	s.places, s.end, s.next = log.places, log.end, log.next
	// A new epoch: nothing that an earlier life left behind the end of its log is ever taken for a record of this one.
	return s, log.found, s.compact()
}

// scan reads the present log.
func (s *Store) scan(ctx context.Context) (*scan, error) {
	return scanLog(ctx, s.disk, s.root.epoch, s.begin(s.root.half), s.size)
}

// begin is where a log begins.
func (s *Store) begin(half uint32) int64 { return roots*rootSize + int64(half)*s.size }

// take waits for the turn; giving it back is what it returns.
func (s *Store) take(ctx context.Context) (give func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.life.Done():
		return nil, s.life.Err()
	}
}

// Put keeps a blob, in place of any of its name. When it returns nil, no loss of power takes it. Ctx ends the waiting for
// the turn.
func (s *Store) Put(ctx context.Context, name string, data []byte) error {
	return s.add(ctx, header{name: name, length: len(data)}, data)
}

// Delete takes a blob away.
func (s *Store) Delete(ctx context.Context, name string) error {
	return s.add(ctx, header{name: name, gone: true}, nil)
}

func (s *Store) add(ctx context.Context, h header, data []byte) error {
	if err := checkName(h.name); err != nil {
		return err
	}
	give, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer give()
	if s.broken {
		return fmt.Errorf("write %s: %w", h.name, ErrBroken)
	}
	if s.end+h.size() > s.begin(s.root.half)+s.size {
		if err := s.makeRoom(h.size()); err != nil {
			return fmt.Errorf("write %s: %w", h.name, err)
		}
	}
	if err := s.append(h, data); err != nil {
		return fmt.Errorf("write %s: %w", h.name, err)
	}
	return nil
}

// append writes a record at the end of the log.
func (s *Store) append(h header, data []byte) error {
	h.epoch, h.number = s.root.epoch, s.next
	b := h.bytes(data)
	if err := s.disk.WriteAt(s.life, b, s.end, true); err != nil {
		s.broken = true
		return err
	}
	written, _ := readHeader(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places[h.name] = place{written, s.end}
	if h.gone {
		delete(s.places, h.name)
	}
	s.end += h.size()
	s.next++
	return nil
}

// makeRoom compacts the log, if that gives enough room.
func (s *Store) makeRoom(size int64) error {
	kept := int64(0)
	for _, p := range s.places {
		kept += p.size()
	}
	if kept+size > s.size {
		return ErrFull
	}
	return s.compact()
}

// compact copies what is kept to the other half, in a new epoch. The root is written before, so that the epoch is never
// used again, and after.
func (s *Store) compact() error {
	next := root{number: s.root.number + 1, epoch: s.root.epoch, used: s.root.used + 1, half: s.root.half}
	if err := writeRoot(s.life, s.disk, next); err != nil {
		return s.breaks(err)
	}
	next = root{number: next.number + 1, epoch: next.used, used: next.used, half: 1 - next.half}
	places, end, err := s.copyTo(next)
	if err == nil {
		err = s.disk.Flush(s.life)
	}
	if err == nil {
		err = writeRoot(s.life, s.disk, next)
	}
	if err != nil {
		return s.breaks(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.root, s.places, s.end, s.next = next, places, end, uint64(len(places))+1
	return nil
}

func (s *Store) breaks(err error) error {
	s.broken = true
	return fmt.Errorf("copy the log: %w", err)
}

// copyTo copies what is kept to the log of another root, in the order in which it was written.
func (s *Store) copyTo(r root) (map[string]place, int64, error) {
	places, end := map[string]place{}, s.begin(r.half)
	for _, p := range s.inOrder() {
		data, err := s.read(p)
		switch {
		case errors.Is(err, ErrTorn):
			continue // since it was last read; there is nothing of it to keep
		case err != nil:
			return nil, 0, err
		}
		h := header{epoch: r.epoch, number: uint64(len(places) + 1), name: p.name, length: len(data)}
		b := h.bytes(data)
		if err := s.disk.WriteAt(s.life, b, end, false); err != nil {
			return nil, 0, err
		}
		written, _ := readHeader(b)
		places[p.name] = place{written, end}
		end += h.size()
	}
	return places, end, nil
}

func (s *Store) inOrder() []place {
	return slices.SortedFunc(maps.Values(s.places), func(a, b place) int { return cmp.Compare(a.number, b.number) })
}

// read reads the bytes of a blob.
func (s *Store) read(p place) ([]byte, error) {
	data := make([]byte, p.length)
	if err := s.disk.ReadAt(s.life, data, p.at+headerSize); err != nil {
		return nil, err
	}
	if !p.whole(data) {
		return nil, ErrTorn
	}
	return data, nil
}

// Get reads a blob from the disk.
func (s *Store) Get(ctx context.Context, name string) ([]byte, error) {
	give, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer give()
	p, ok := s.places[name]
	if !ok {
		return nil, fmt.Errorf("read %s: %w", name, ErrNone)
	}
	data, err := s.read(p)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// Stat is how many bytes a blob has, and what tells this version of it from others; false where there is none.
func (s *Store) Stat(name string) (size int, version uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.places[name]
	return p.length, p.epoch<<32 | p.number, ok
}

// Names lists the blobs, in the order in which they were written.
func (s *Store) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, p := range s.inOrder() {
		names = append(names, p.name)
	}
	return names
}

// Find reads back what is on the disk.
func (s *Store) Find(ctx context.Context) (Found, error) {
	give, err := s.take(ctx)
	if err != nil {
		return Found{}, err
	}
	defer give()
	log, err := s.scan(ctx)
	if err != nil {
		return Found{}, err
	}
	return log.found, nil
}
