package guestdisk

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/dcdrill/dcdrill/sim"
)

const (
	// rootSize is the room of a root, and roots how many there are: they are written in turn, so that one that a crash
	// tears leaves the one before.
	rootSize = 4096
	roots    = 2
	// rootMagic begins a root: "dcdrill1".
	rootMagic = 0x6463_6472_696c_6c31
	rootBytes = 36
)

// root says which half of the disk holds the present log.
type root struct {
	number uint64 // grows with every root that is written
	epoch  uint64 // of the records in the log
	used   uint64 // the latest epoch that anything was written with, perhaps in vain
	half   uint32
}

func (r root) bytes() []byte {
	b := make([]byte, sector)
	binary.BigEndian.PutUint64(b, rootMagic)
	binary.BigEndian.PutUint64(b[8:], r.number)
	binary.BigEndian.PutUint64(b[16:], r.epoch)
	binary.BigEndian.PutUint64(b[24:], r.used)
	binary.BigEndian.PutUint32(b[32:], r.half)
	binary.BigEndian.PutUint32(b[rootBytes:], crc32.Checksum(b[:rootBytes], castagnoli))
	return b
}

// parseRoot reads one; false where there is none.
func parseRoot(b []byte) (root, bool) {
	if binary.BigEndian.Uint64(b) != rootMagic || binary.BigEndian.Uint32(b[rootBytes:]) != crc32.Checksum(b[:rootBytes], castagnoli) {
		return root{}, false
	}
	r := root{
		number: binary.BigEndian.Uint64(b[8:]), epoch: binary.BigEndian.Uint64(b[16:]),
		used: binary.BigEndian.Uint64(b[24:]), half: binary.BigEndian.Uint32(b[32:]),
	}
	return r, r.half < 2
}

// readRoot finds the present root; number 0 where there is none, as on a new disk.
func readRoot(ctx context.Context, d sim.Disk) (root, error) {
	b := make([]byte, roots*rootSize)
	if err := d.ReadAt(ctx, b, 0); err != nil {
		return root{}, fmt.Errorf("read the roots: %w", err)
	}
	var present root
	for i := range roots {
		if r, ok := parseRoot(b[i*rootSize:]); ok && r.number > present.number {
			present = r
		}
	}
	return present, nil
}

// writeRoot makes a root the present one.
func writeRoot(ctx context.Context, d sim.Disk, r root) error {
	if err := d.WriteAt(ctx, r.bytes(), int64(r.number%roots)*rootSize, true); err != nil {
		return fmt.Errorf("write a root: %w", err)
	}
	return nil
}
