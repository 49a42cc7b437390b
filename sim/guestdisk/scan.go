package guestdisk

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/dcdrill/dcdrill/sim"
)

// window is how much is read at once. Chosen: an array's usual largest request.
const window = 256 << 10

// Sum is what tells one content of a blob from another.
type Sum [sha256.Size]byte

// SumOf is the sum of a content.
func SumOf(data []byte) Sum { return sha256.Sum256(data) }

// Found is what a disk has.
type Found struct {
	// Whole are the blobs that are there as they were written, in the newest version that is.
	Whole map[string]Sum
	// Torn are those of which a newer version is there in part.
	Torn map[string]bool
	// Corrupt says what is wrong with the whole, when nothing of it can be trusted.
	Corrupt string
}

// place is where the newest whole record of a blob is in the log.
type place struct {
	header
	at int64
}

// scan is what reading a log shows.
type scan struct {
	places map[string]place
	found  Found
	end    int64 // where the log ends
	next   uint64
}

// scanLog reads a log from its beginning. It ends where no record of its epoch and next number begins; a record whose
// bytes are not whole is passed over.
func scanLog(ctx context.Context, d sim.Disk, epoch uint64, begin, size int64) (*scan, error) {
	s := &scan{places: map[string]place{}, found: Found{Whole: map[string]Sum{}, Torn: map[string]bool{}}, end: begin, next: 1}
	in := bufio.NewReaderSize(&reader{ctx, d, begin, begin + size}, window)
	for {
		h, data, err := nextRecord(in, begin+size-s.end)
		switch {
		case errors.Is(err, errNoHeader) || err == nil && (h.epoch != epoch || h.number != s.next):
			return s, nil
		case err != nil:
			return nil, fmt.Errorf("read the log: %w", err)
		}
		s.take(h, data)
	}
}

// nextRecord reads a record from what is left of the log.
func nextRecord(in io.Reader, left int64) (header, []byte, error) {
	if left < headerSize {
		return header{}, nil, errNoHeader
	}
	b := make([]byte, headerSize)
	if _, err := io.ReadFull(in, b); err != nil {
		return header{}, nil, err
	}
	h, err := readHeader(b)
	if err != nil {
		return header{}, nil, err
	}
	if h.length < 0 || h.size() > left {
		return header{}, nil, errNoHeader
	}
	data := make([]byte, h.size()-headerSize)
	_, err = io.ReadFull(in, data)
	return h, data[:h.length], err
}

func (s *scan) take(h header, data []byte) {
	at := s.end
	s.end += h.size()
	s.next++
	switch {
	case !h.whole(data):
		s.found.Torn[h.name] = true
		return
	case h.gone:
		delete(s.places, h.name)
		delete(s.found.Whole, h.name)
	default:
		s.places[h.name] = place{h, at}
		s.found.Whole[h.name] = SumOf(data)
	}
	delete(s.found.Torn, h.name)
}
