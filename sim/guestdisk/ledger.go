package guestdisk

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Ledger is what somebody outside of a machine knows of the blobs it was given: which were acknowledged, and what may be
// there in their place because it was sent and never answered. Safe for use from several goroutines.
type Ledger struct {
	// Keep is how many acknowledged blobs it remembers, the newest; 0: all.
	Keep int

	mu      sync.Mutex
	entries map[string]*entry
	order   []string // of acknowledgement
	acks    Mark
	newest  time.Duration
}

// Mark is how much of a ledger had been acknowledged at some moment.
type Mark uint64

// entry is what is known of one blob.
type entry struct {
	acked bool
	sum   Sum // that was acknowledged last
	at    time.Duration
	ack   Mark           // at which it was acknowledged last
	open  map[Sum]uint64 // sent later and not acknowledged: any of them may be there instead; by the order of sending
	sent  uint64
}

// Sent notes that a blob is about to be sent.
func (l *Ledger) Sent(name string, s Sum) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.entries == nil {
		l.entries = map[string]*entry{}
	}
	e := l.entries[name]
	if e == nil {
		e = &entry{open: map[Sum]uint64{}}
		l.entries[name] = e
	}
	e.sent++
	e.open[s] = e.sent
}

// Acknowledged notes that a blob that was sent is kept. What was sent under its name before is not to be there any more.
func (l *Ledger) Acknowledged(name string, s Sum, at time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[name]
	if e == nil {
		return // it was forgotten while it waited
	}
	sent := e.open[s]
	maps.DeleteFunc(e.open, func(_ Sum, n uint64) bool { return n <= sent })
	l.acks++
	e.acked, e.sum, e.at, e.ack = true, s, at, l.acks
	l.newest = max(l.newest, at)
	if i := slices.Index(l.order, name); i >= 0 {
		l.order = slices.Delete(l.order, i, i+1)
	}
	if l.order = append(l.order, name); l.Keep > 0 && len(l.order) > l.Keep {
		delete(l.entries, l.order[0])
		l.order = l.order[1:]
	}
}

// Mark is taken before a disk is read that goes on being written to: what is acknowledged while it is read may not be
// among what is found.
func (l *Ledger) Mark() Mark {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acks
}

// Judge holds what a disk has against all that was acknowledged.
func (l *Ledger) Judge(f Found) sim.IntegrityData { return l.JudgeUpTo(l.Mark(), f) }

// JudgeUpTo holds what a disk has against what was acknowledged up to a mark. What was acknowledged since, for the first
// time or once more, counts if it is there and says nothing if it is not.
func (l *Ledger) JudgeUpTo(mark Mark, f Found) sim.IntegrityData {
	l.mu.Lock()
	defer l.mu.Unlock()
	var d sim.IntegrityData
	oldest := l.newest
	for name, e := range l.entries {
		switch {
		case !e.acked:
		case e.intact(name, f):
			d.Intact++
		case e.ack <= mark:
			e.damage(name, f, &d)
			oldest = min(oldest, e.at)
		}
	}
	if !d.Sound() {
		d.Back = sim.Seconds(l.newest - oldest)
	}
	return d
}

// intact says whether a blob is there as it was acknowledged, or as it was sent since.
func (e *entry) intact(name string, f Found) bool {
	got, there := f.Whole[name]
	return f.Corrupt == "" && there && (got == e.sum || e.open[got] > 0)
}

// damage counts a blob that is not intact.
func (e *entry) damage(name string, f Found, d *sim.IntegrityData) {
	_, there := f.Whole[name]
	switch {
	case f.Corrupt != "" || f.Torn[name]:
		d.Torn++
	case there:
		d.Stale++
	default:
		d.Lost++
	}
}
