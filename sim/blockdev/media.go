package blockdev

import (
	"fmt"
	"os"
)

// pageSize is the grain of media and cache: the block of most file systems and databases.
const pageSize = 4096

// page is a block of bytes; nil is one of zeroes.
type page = *[pageSize]byte

// media keeps what survives a power loss. Its user sees that it is not changed by several at once.
type media interface {
	// load copies a page, from a place in it on, into b.
	load(number int64, from int, b []byte) error
	// store keeps a page, which is the media's from then on; nil are zeroes.
	store(number int64, p page) error
	// write changes a part of a page.
	write(number int64, from int, b []byte) error
	// holds says whether a page may be other than zeroes.
	holds(number int64) bool
	// sync returns when what was stored is safe.
	sync() error
	close() error
	// pages is how many are held.
	pages() int
}

// memory is sparse media in memory: pages never written take none.
type memory map[int64]page

func (m memory) load(number int64, from int, b []byte) error {
	if p := m[number]; p != nil {
		copy(b, p[from:])
	} else {
		clear(b)
	}
	return nil
}

func (m memory) store(number int64, p page) error {
	if p == nil {
		delete(m, number)
		return nil
	}
	m[number] = p
	return nil
}

func (m memory) write(number int64, from int, b []byte) error {
	p := m[number]
	if p == nil {
		p = new([pageSize]byte)
		m[number] = p
	}
	copy(p[from:], b)
	return nil
}

func (m memory) holds(number int64) bool { return m[number] != nil }
func (m memory) sync() error             { return nil }
func (m memory) close() error            { return nil }
func (m memory) pages() int              { return len(m) }

// file is sparse media in a file of its own, made anew.
type file struct {
	f       *os.File
	written map[int64]struct{}
}

// newFile makes a file whose bytes are all zeroes and take no room.
func newFile(path string, size int64) (*file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create volume: %w", err)
	}
	if err := f.Truncate((size + pageSize - 1) / pageSize * pageSize); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("size volume: %w", err)
	}
	return &file{f, map[int64]struct{}{}}, nil
}

func (f *file) load(number int64, from int, b []byte) error {
	if !f.holds(number) {
		clear(b)
		return nil
	}
	_, err := f.f.ReadAt(b, number*pageSize+int64(from))
	return err
}

func (f *file) store(number int64, p page) error {
	if p == nil {
		if !f.holds(number) {
			return nil
		}
		p = new([pageSize]byte)
	}
	return f.write(number, 0, p[:])
}

func (f *file) write(number int64, from int, b []byte) error {
	f.written[number] = struct{}{}
	_, err := f.f.WriteAt(b, number*pageSize+int64(from))
	return err
}

func (f *file) holds(number int64) bool { _, ok := f.written[number]; return ok }
func (f *file) sync() error             { return f.f.Sync() }
func (f *file) close() error            { return f.f.Close() }
func (f *file) pages() int              { return len(f.written) }
