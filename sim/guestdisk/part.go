package guestdisk

import (
	"context"
	"fmt"
	"io"

	"github.com/dcdrill/dcdrill/sim"
)

// part is a stretch of a disk.
type part struct {
	sim.Disk
	offset, size int64
}

// Part is the stretch of a disk that begins at offset, as a disk of its own.
func Part(d sim.Disk, offset, size int64) sim.Disk { return part{d, offset, size} }

// Size implements sim.Disk.
func (p part) Size() int64 { return p.size }

// ReadAt implements sim.Disk.
func (p part) ReadAt(ctx context.Context, b []byte, offset int64) error {
	if err := p.holds(len(b), offset); err != nil {
		return err
	}
	return p.Disk.ReadAt(ctx, b, p.offset+offset)
}

// WriteAt implements sim.Disk.
func (p part) WriteAt(ctx context.Context, b []byte, offset int64, fua bool) error {
	if err := p.holds(len(b), offset); err != nil {
		return err
	}
	return p.Disk.WriteAt(ctx, b, p.offset+offset, fua)
}

func (p part) holds(length int, offset int64) error {
	if offset < 0 || offset+int64(length) > p.size {
		return fmt.Errorf("use %d bytes at %d of a part of %d: it ends before", length, offset, p.size)
	}
	return nil
}

// reader reads a disk from an offset on.
type reader struct {
	ctx    context.Context
	disk   sim.Disk
	offset int64
	end    int64
}

// Read implements io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	if r.offset >= r.end {
		return 0, io.EOF
	}
	b = b[:min(int64(len(b)), r.end-r.offset)]
	if err := r.disk.ReadAt(r.ctx, b, r.offset); err != nil {
		return 0, err
	}
	r.offset += int64(len(b))
	return len(b), nil
}
