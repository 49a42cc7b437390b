package blockdev

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim/proto"
)

// flight is a request at an initiator, from its submission until nothing of it can happen any more. That may be later
// than its Done: a change that failed for want of a path holds its bytes until its session is fenced.
type flight struct {
	*Request
	// blockers is how many earlier flights over the same bytes are not over; waiting are later ones that wait for this.
	blockers int
	waiting  []*flight
	flying   bool // a session has it, with its data
	told     bool // Done was called, or will be
	over     bool
}

// Submit takes a request. Done is called when the array has acknowledged it, over whichever path, with the array's own
// error, with ErrNoPath when there is no path and the rules are not to wait, or with ErrClosed.
func (i *Initiator) Submit(r *Request) {
	f := &flight{Request: r}
	i.mu.Lock()
	defer i.unlock()
	if i.closed || !r.valid() {
		why := errInvalid
		if i.closed {
			why = ErrClosed
		}
		i.done = append(i.done, func() { r.Done(why) })
		return
	}
	for _, earlier := range i.flights {
		if earlier.overlaps(r) {
			earlier.waiting = append(earlier.waiting, f)
			f.blockers++
		}
	}
	i.flights = append(i.flights, f)
	if f.blockers == 0 {
		i.ready = append(i.ready, f)
	}
	i.dispatch()
}

// dispatch sends what is ready, over the paths that the machine picks, or fails what has to wait while nothing may.
func (i *Initiator) dispatch() {
	if i.machine.Mode() == proto.Failing {
		for _, f := range i.flights {
			if !f.flying {
				i.tell(f, ErrNoPath)
			}
		}
	}
	for len(i.ready) > 0 {
		f := i.ready[0]
		if !f.told && !i.send(f) {
			return
		}
		i.ready = i.ready[1:]
		if f.told {
			i.finish(f) // it was never sent, or its session is fenced
		}
	}
	i.ready = nil
}

// send puts a flight on a path; false when there is none.
func (i *Initiator) send(f *flight) bool {
	n := i.machine.Pick()
	if n == proto.None || i.paths[n].session == nil {
		return false
	}
	p, s := i.paths[n], i.paths[n].session
	generation := p.generation
	sent := *f.Request
	sent.Done = func(err error) {
		f.Answered = sent.Answered
		i.landed(f, p, s, generation, err)
	}
	f.flying = s.Submit(&sent) == nil
	return f.flying
}

// landed is a session's last word on a flight.
func (i *Initiator) landed(f *flight, p *initiatorPath, s *Session, generation uint64, err error) {
	i.mu.Lock()
	defer i.unlock()
	f.flying = false
	switch {
	case i.closed || f.over:
		return
	case answeredBy(err):
		i.end(f, err)
	case f.Op.changes() && generation >= p.fence:
		p.owed = append(p.owed, f)
	default:
		i.ready = append(i.ready, f) // late, it changes nothing
	}
	if !answeredBy(err) && p.session == s {
		i.lose(p, err)
		return
	}
	i.dispatch()
}

// tell gives a flight's owner its answer, once.
func (i *Initiator) tell(f *flight, err error) {
	if f.told {
		return
	}
	f.told = true
	i.done = append(i.done, func() { f.Done(err) })
}

// end tells the answer and lets go of the bytes.
func (i *Initiator) end(f *flight, err error) {
	i.tell(f, err)
	i.finish(f)
}

// finish lets those go on that waited for a flight.
func (i *Initiator) finish(f *flight) {
	if f.over {
		return
	}
	f.over = true
	if at := slices.Index(i.flights, f); at >= 0 && !i.closed {
		i.flights = slices.Delete(i.flights, at, at+1)
	}
	for _, w := range f.waiting {
		if w.blockers--; w.blockers == 0 {
			i.ready = append(i.ready, w)
		}
	}
	f.waiting = nil
}
