package kernel

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/blockdev"
	"github.com/dcdrill/dcdrill/sim/proto"
)

// The rules of paths count scenario time, so the clock may jump over their waiting, but not past its end: what is to come
// is put on the loop. What only real packets can bring about, such as a session that a path should have, is waited for.

// unsettled names what is going on; empty when nothing is.
func (st *store) unsettled() string {
	i := st.present()
	if i == nil {
		return ""
	}
	if why := st.unheard(); why != "" {
		return why
	}
	if i.Untold() {
		return "what became of " + st.String() + " is not in the log yet"
	}
	if due := st.due(i); due != st.timer {
		go st.storage.world.env.Loop.Post(st.arm) // whoever asks us has a time to wait for that this may be before
		return st.String() + " waits for a path"
	}
	if i.Fencing() {
		return st.String() + " fences a path that was lost"
	}
	return st.connecting(i)
}

// Unready implements sim.Growing: it names a path that should have a session and has none yet.
func (w *World) Unready() string {
	for _, st := range w.storage.order {
		if i := st.present(); i != nil {
			if why := st.connecting(i); why != "" {
				return why
			}
		}
	}
	return ""
}

// due is when time alone will change something of the paths; proto.Never when it will not. A path that is up and that
// nothing comes over any more is found out by its own timers; one that answers is asked in vain.
func (st *store) due(i *blockdev.Initiator) time.Duration {
	due := i.Decides()
	for n := range st.routes {
		if i.Up(n) && !st.serves(n) {
			due = min(due, i.Due(n))
		}
	}
	return due
}

// arm has the loop step the initiator when something is due.
func (st *store) arm() {
	st.cancel()
	st.timer, st.cancel = proto.Never, func() {}
	i := st.present()
	if i == nil {
		return
	}
	due := st.due(i)
	if due == proto.Never {
		return
	}
	st.timer = due
	st.cancel = st.storage.world.env.Loop.At(due, func() {
		i.Step()
		st.arm()
	})
}

// serves says whether a session over a path would be answered: the way is there, and a controller that works at its end.
func (st *store) serves(path int) bool {
	s := st.storage
	a := s.arrays[st.conf.Volume.Array]
	return s.world.shadow.Whole(st.conf, path) && a.powered && a.controllers[st.routes[path].Controller].works
}

// connecting names a path that should be up, or has not answered yet whether it is. After patience it is written down
// instead.
func (st *store) connecting(i *blockdev.Initiator) string {
	a := st.storage.arrays[st.conf.Volume.Array]
	why := ""
	for n, r := range st.routes {
		switch {
		case !st.serves(n):
		case !i.Up(n) && !a.volumes[st.conf.Volume].gone:
			why = fmt.Sprintf("%s has no session over %s yet", st, r.Name)
		case i.Asked(n):
			why = fmt.Sprintf("%s has not been answered over %s yet", st, r.Name)
		}
	}
	return st.patient(why)
}

// patient is why, until patience is at an end.
func (st *store) patient(why string) string {
	w := st.storage.world
	real := time.Since(w.clock.base)
	switch {
	case why == "":
		st.waiting, st.told = 0, false
	case st.waiting == 0:
		st.waiting = real
	case real-st.waiting >= patience && w.clock.Now() >= 0:
		if !st.told {
			st.told = true
			w.env.Log.Add(w.cause, st.String(), sim.DisagreeData{Predicted: "all paths up", Measured: why})
		}
		return ""
	}
	return why
}

// jumped tells every path that would have answered while the clock jumped that it has.
func (s *storage) jumped() {
	for _, st := range s.order {
		if i := st.present(); i != nil {
			for _, n := range st.answering(i) {
				i.Answered(n)
			}
		}
	}
}

// answering are the paths that are up and whose sessions answer.
func (st *store) answering(i *blockdev.Initiator) []int {
	var all []int
	for n := range st.routes {
		if i.Up(n) && st.serves(n) {
			all = append(all, n)
		}
	}
	return all
}
