package guestdisk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

const (
	// sector is what a disk writes whole or not at all, if it promises anything.
	sector = 512
	// MaxName is the longest name of a blob.
	MaxName = 255
	// headerSize is where the bytes of a record begin.
	headerSize = sector
	// named is where the name is in a header.
	named = 40
)

// castagnoli is the checksum of iSCSI (RFC 7143 13.1) and of most that guards data on disks.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errNoHeader is what is read where no record begins.
var errNoHeader = errors.New("no record begins here")

// header is what a record says of itself: 4 octets checksum, 4 checksum of the data, 8 epoch, 8 number, 8 length,
// 1 whether it takes a blob away, 1 length of the name, 6 nothing, the name.
type header struct {
	epoch, number uint64
	name          string
	length        int
	sum           uint32 // of the data
	gone          bool   // the blob was deleted
}

// size is how much of the log the record takes.
func (h header) size() int64 {
	return headerSize + (int64(h.length)+sector-1)/sector*sector
}

// bytes is the record as it stands in the log.
func (h header) bytes(data []byte) []byte {
	b := make([]byte, h.size())
	binary.BigEndian.PutUint32(b[4:], crc32.Checksum(data, castagnoli))
	binary.BigEndian.PutUint64(b[8:], h.epoch)
	binary.BigEndian.PutUint64(b[16:], h.number)
	binary.BigEndian.PutUint64(b[24:], uint64(len(data)))
	if h.gone {
		b[32] = 1
	}
	b[33] = byte(len(h.name))
	copy(b[named:], h.name)
	binary.BigEndian.PutUint32(b, crc32.Checksum(b[4:headerSize], castagnoli))
	copy(b[headerSize:], data)
	return b
}

// readHeader reads one from the beginning of a record.
func readHeader(b []byte) (header, error) {
	if binary.BigEndian.Uint32(b) != crc32.Checksum(b[4:headerSize], castagnoli) {
		return header{}, errNoHeader
	}
	return header{
		epoch: binary.BigEndian.Uint64(b[8:]), number: binary.BigEndian.Uint64(b[16:]),
		length: int(binary.BigEndian.Uint64(b[24:])), sum: binary.BigEndian.Uint32(b[4:]),
		gone: b[32] == 1, name: string(b[named : named+int(b[33])]),
	}, nil
}

// whole says whether data is what was written.
func (h header) whole(data []byte) bool { return crc32.Checksum(data, castagnoli) == h.sum }

func checkName(name string) error {
	if name == "" || len(name) > MaxName {
		return fmt.Errorf("name a blob %q: a name has 1 to %d bytes", name, MaxName)
	}
	return nil
}
