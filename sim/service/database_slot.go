package service

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
)

const (
	// pageSize is SQLite's, and the room of a header.
	pageSize = 4096
	// headers is how many headers a slot has: they are written in turn, so that one that a crash tears leaves the one
	// before.
	headers = 2
	// headerBytes are 8 number, 8 length, 1 existence; then comes their checksum.
	headerBytes = 17
	// fillAtOnce is how many zeroes are written with one request. Chosen: an array's usual largest.
	fillAtOnce = 256 << 10
)

// slot is a file in a fixed place of a disk. Its length and existence are on the disk after sync, and its bytes before:
// so that a length never takes in bytes that are not there.
type slot struct {
	ctx    context.Context
	disk   sim.Disk
	number uint64 // of the header on the disk
	length int64
	exists bool
	dirty  bool // length or existence are not those on the disk
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openSlot reads a slot's headers; the file of a slot that has none does not exist.
func openSlot(ctx context.Context, disk sim.Disk) (*slot, error) {
	s := &slot{ctx: ctx, disk: disk}
	b := make([]byte, headers*pageSize)
	if err := disk.ReadAt(ctx, b, 0); err != nil {
		return nil, fmt.Errorf("read the headers of a file: %w", err)
	}
	for i := range headers {
		h := b[i*pageSize:]
		number := binary.BigEndian.Uint64(h)
		if number > s.number && binary.BigEndian.Uint32(h[headerBytes:]) == crc32.Checksum(h[:headerBytes], castagnoli) {
			s.number, s.length, s.exists = number, int64(binary.BigEndian.Uint64(h[8:])), h[16] == 1
		}
	}
	if s.length < 0 || s.length > s.room() {
		return nil, fmt.Errorf("%w: a header says %d bytes where %d have room", errCorrupt, s.length, s.room())
	}
	return s, nil
}

// room is the most that the file can hold.
func (s *slot) room() int64 { return s.disk.Size() - headers*pageSize }

// create has the file exist.
func (s *slot) create() {
	if !s.exists {
		s.exists, s.length, s.dirty = true, 0, true
	}
}

// remove takes the file away, for good at once.
func (s *slot) remove() error {
	s.exists, s.length, s.dirty = false, 0, true
	return s.writeHeader()
}

func (s *slot) resize(length int64) {
	s.dirty = s.dirty || length != s.length
	s.length = length
}

func (s *slot) read(p []byte, offset int64) error {
	if len(p) == 0 {
		return nil
	}
	return s.disk.ReadAt(s.ctx, p, headers*pageSize+offset)
}

func (s *slot) write(p []byte, offset int64) error {
	end := offset + int64(len(p))
	if end > s.room() {
		return fmt.Errorf("write %d bytes at %d: %w", len(p), offset, guestdisk.ErrFull)
	}
	if err := s.fill(offset); err != nil {
		return err
	}
	if err := s.disk.WriteAt(s.ctx, p, headers*pageSize+offset, false); err != nil {
		return err
	}
	s.resize(max(s.length, end))
	return nil
}

// fill makes zeroes of what lies between the end and an offset beyond it: what an earlier file left there is none of this
// one's.
func (s *slot) fill(offset int64) error {
	zeroes := make([]byte, min(max(offset-s.length, 0), fillAtOnce))
	for s.length < offset {
		n := min(offset-s.length, fillAtOnce)
		if err := s.disk.WriteAt(s.ctx, zeroes[:n], headers*pageSize+s.length, false); err != nil {
			return err
		}
		s.resize(s.length + n)
	}
	return nil
}

// sync makes safe what was written, and then says so in the header.
func (s *slot) sync() error {
	if err := s.disk.Flush(s.ctx); err != nil || !s.dirty {
		return err
	}
	return s.writeHeader()
}

func (s *slot) writeHeader() error {
	b := make([]byte, pageSize)
	binary.BigEndian.PutUint64(b, s.number+1)
	binary.BigEndian.PutUint64(b[8:], uint64(s.length))
	if s.exists {
		b[16] = 1
	}
	binary.BigEndian.PutUint32(b[headerBytes:], crc32.Checksum(b[:headerBytes], castagnoli))
	if err := s.disk.WriteAt(s.ctx, b, int64((s.number+1)%headers)*pageSize, true); err != nil {
		return err
	}
	s.number++
	s.dirty = false
	return nil
}
