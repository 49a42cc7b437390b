package blockdev

import (
	"math"
	"time"
)

// Request is one request to a volume. It belongs to whom it was submitted to until Done is called.
type Request struct {
	Op     Op
	Offset int64
	// Data is what Write writes, and where Read reads to.
	Data []byte
	// Length is how many bytes Trim and WriteZeroes are about; less than 4 GiB.
	Length int64
	// FUA has the array acknowledge only what no power loss can take.
	FUA bool
	// Deadline is the scenario time by which the answer must be there; 0 is none. It is heeded by Session.Expire.
	Deadline time.Duration
	// Answered is when the answer came to this machine, by the initiator's clock, however late anybody is woken by it. It is
	// set before Done is called with what the array has answered.
	Answered time.Duration
	// Done is called once, from any goroutine, with no lock held: nil when the array has acknowledged. It must not block.
	Done func(error)
}

// length is how many bytes of the volume a request is about.
func (r *Request) length() int64 {
	if r.Op == Read || r.Op == Write {
		return int64(len(r.Data))
	}
	return r.Length
}

// valid says whether a request can be put on the wire.
func (r *Request) valid() bool {
	known := r.Op == Read || r.Op == Flush || r.Op.changes()
	long := len(r.Data) > MaxRequest || r.Length < 0 || r.Length > math.MaxUint32
	return known && !long && r.Offset >= 0 && (r.Op != Flush || r.Offset == 0 && r.Length == 0)
}

// overlaps says whether two requests may not be under way together: they share bytes, and one changes them.
func (r *Request) overlaps(o *Request) bool {
	if !r.Op.changes() && !o.Op.changes() {
		return false
	}
	return r.Offset < o.Offset+o.length() && o.Offset < r.Offset+r.length()
}
