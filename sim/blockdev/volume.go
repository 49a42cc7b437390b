package blockdev

import (
	"errors"
	"fmt"
	"sync"

	"github.com/dcdrill/dcdrill/topology"
)

// Cache is what a volume's array does with a write before it is on the media.
type Cache string

// The caches that arrays have. Through and Mirrored lose nothing with the power: the one has no cache, the other's is
// kept by a battery. Volatile keeps writes in memory until they are flushed. Lying does so too, and acknowledges a flush
// and FUA without heeding them: a fault that checks must find.
const (
	Through  Cache = "none"
	Mirrored Cache = "mirrored"
	Volatile Cache = "volatile"
	Lying    Cache = "lying"
)

// VolumeSpec says what a volume is to be.
type VolumeSpec struct {
	Name     string
	Size     topology.Bytes
	Cache    Cache // "": Through
	ReadOnly bool
	// Path is the file that holds the volume; it is made anew. "": memory.
	Path string
	// Unfenced makes the array forget about fencing: a fault that checks must find.
	Unfenced bool
}

// Volume is a disk of an array. All controllers that serve it share it, with its cache and its fences. It is sparse:
// what was never written takes no room. Safe for use from several goroutines.
type Volume struct {
	spec VolumeSpec

	mu    sync.RWMutex
	media media
	// dirty are pages in the write cache; nil ones are zeroes.
	dirty map[int64]page
	// fences holds the newest generation of each initiator. It survives a power loss, as persistent reservations do.
	fences map[string]uint64
	// power counts power losses: what came before one is not carried out after it.
	power     int
	discarded int
	gone      bool
}

// NewVolume makes a volume of zeroes.
func NewVolume(spec VolumeSpec) (*Volume, error) {
	if spec.Size <= 0 {
		return nil, fmt.Errorf("make volume %s: size is %d bytes", spec.Name, spec.Size)
	}
	if n, err := ParseName(spec.Name); err != nil || n.Initiator != "" {
		return nil, fmt.Errorf("make volume %q: the name has a word of the session syntax", spec.Name)
	}
	v := &Volume{spec: spec, dirty: map[int64]page{}, fences: map[string]uint64{}, media: memory{}}
	if spec.Path != "" {
		f, err := newFile(spec.Path, int64(spec.Size))
		if err != nil {
			return nil, err
		}
		v.media = f
	}
	return v, nil
}

// Name is the volume's name in its array.
func (v *Volume) Name() string { return v.spec.Name }

// Size is how many bytes it has.
func (v *Volume) Size() int64 { return int64(v.spec.Size) }

// InUse is how many bytes of memory or file it takes.
func (v *Volume) InUse() topology.Bytes {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return topology.Bytes(pageSize * (v.media.pages() + len(v.dirty)))
}

// Discarded is how many requests of fenced sessions were refused.
func (v *Volume) Discarded() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.discarded
}

// LosePower takes the array's power: what is in a volatile cache is gone, and what its sessions had on the way, too.
func (v *Volume) LosePower() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.dirty)
	v.power++
}

// SetGone takes the volume away from its users for good, as a deleted or unmapped one is, or gives it back. Until then
// every request is answered with EIO, and no new session begins.
func (v *Volume) SetGone(gone bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.gone = gone
}

// Close gives a volume's file back.
func (v *Volume) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.media.close()
}

// Attach begins a session, and fences all older ones of the same initiator: when it returns, none of them changes
// anything any more. An initiator that is older than one seen before gets ErrFenced; "" is one that nobody fences.
func (v *Volume) Attach(initiator string, generation uint64) (*Nexus, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gone {
		return nil, fmt.Errorf("attach %s: %w", v.spec.Name, ErrUnknownExport)
	}
	if generation < v.fences[initiator] && initiator != "" {
		return nil, fmt.Errorf("attach %s as %s, generation %d: %w", v.spec.Name, initiator, generation, ErrFenced)
	}
	v.fences[initiator] = generation
	return &Nexus{volume: v, initiator: initiator, generation: generation, power: v.power}, nil
}

// volatile says whether writes stay in the cache until they are flushed.
func (v *Volume) volatile() bool { return v.spec.Cache == Volatile || v.spec.Cache == Lying }

// span is the part of a request that falls into one page.
type span struct {
	page     int64
	from, to int // in the page
	at       int64
}

func (s span) whole() bool { return s.to-s.from == pageSize }

// spans calls f for each page that a request touches.
func spans(offset, length int64, f func(span) error) error {
	for at := int64(0); at < length; {
		from := (offset + at) % pageSize
		n := min(pageSize-from, length-at)
		if err := f(span{(offset + at) / pageSize, int(from), int(from + n), at}); err != nil {
			return err
		}
		at += n
	}
	return nil
}

func (v *Volume) read(b []byte, offset int64) error {
	return spans(offset, int64(len(b)), func(s span) error {
		return v.load(s.page, s.from, b[s.at:s.at+int64(s.to-s.from)])
	})
}

// load copies a part of a page as sessions see it: from the cache if it is there.
func (v *Volume) load(number int64, from int, b []byte) error {
	p, cached := v.dirty[number]
	switch {
	case !cached:
		return v.media.load(number, from, b)
	case p == nil:
		clear(b)
	default:
		copy(b, p[from:])
	}
	return nil
}

// write puts bytes, or zeroes for nil, into the cache, or on the media where there is no cache that could lose them.
func (v *Volume) write(b []byte, offset, length int64) error {
	return spans(offset, length, func(s span) error {
		switch {
		case b == nil && !v.holds(s.page):
			return nil // a hole stays one
		case b == nil && s.whole():
			return v.replace(s.page, nil)
		case b == nil:
			return v.change(s, zeroes[s.from:s.to])
		}
		return v.change(s, b[s.at:s.at+int64(s.to-s.from)])
	})
}

// zeroes are what a part of a page is cleared with.
var zeroes [pageSize]byte

// holds says whether a page may be other than zeroes.
func (v *Volume) holds(number int64) bool {
	p, cached := v.dirty[number]
	return p != nil || !cached && v.media.holds(number)
}

// replace puts another page in a page's place.
func (v *Volume) replace(number int64, p page) error {
	if !v.volatile() {
		return v.media.store(number, p)
	}
	v.dirty[number] = p
	return nil
}

// change overwrites a part of a page.
func (v *Volume) change(s span, b []byte) error {
	if !v.volatile() {
		return v.media.write(s.page, s.from, b)
	}
	p := v.dirty[s.page]
	if p == nil {
		p = new([pageSize]byte)
		if !s.whole() {
			if err := v.load(s.page, 0, p[:]); err != nil {
				return err
			}
		}
		v.dirty[s.page] = p
	}
	copy(p[s.from:], b)
	return nil
}

// settle brings the pages of a request from the cache to the media.
func (v *Volume) settle(offset, length int64) error {
	err := spans(offset, length, func(s span) error {
		p, cached := v.dirty[s.page]
		if !cached {
			return nil
		}
		delete(v.dirty, s.page)
		return v.media.store(s.page, p)
	})
	return errors.Join(err, v.media.sync())
}

// flush brings the whole cache to the media.
func (v *Volume) flush() error {
	for number, p := range v.dirty {
		if err := v.media.store(number, p); err != nil {
			return err
		}
		delete(v.dirty, number)
	}
	return v.media.sync()
}
