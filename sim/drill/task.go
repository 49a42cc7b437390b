package drill

import (
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// task is an operation that people are to do, are busy with or have done.
type task struct {
	Operation
	by, why string
	// hands: a role does it itself, and can do one thing at a time; what it is given meanwhile waits in line.
	hands bool

	begun, done, left bool
	until             time.Duration // once it is begun
	finished          int           // of its parts
	said              []string      // of what has been done so far, each thing once
	found             string        // once it is done, or left
	cause, seq        int           // of the command, and of the event that it began with
	cancel            func()
}

// pending says whether something may still come of it.
func (t *task) pending() bool { return !t.done && !t.left }

// line has people do something as soon as their hands are free.
func (r *Room) line(t *task) {
	t.cause = r.cause
	for _, other := range r.tasks {
		if t.hands && other.hands && other.by == t.by && other.pending() {
			r.tasks = append(r.tasks, t)
			return
		}
	}
	r.begin(t)
}

// begin has people begin something new.
func (r *Room) begin(t *task) {
	t.cause = r.cause
	r.tasks = append(r.tasks, t)
	r.start(t)
}

func (r *Room) start(t *task) {
	t.begun, t.until = true, r.now()+t.Takes
	t.seq = r.log.Add(t.cause, t.String(), sim.WorkData{Do: t.Kind, By: t.by, Why: t.why, Takes: sim.Seconds(t.Takes)})
	r.goOn(t)
}

// goOn has people do the next part.
func (r *Room) goOn(t *task) {
	t.cancel = r.run.Loop().At(t.until-t.Takes+t.due(t.finished), func() { r.finishPart(t) })
}

func (r *Room) finishPart(t *task) {
	if r.over() {
		return
	}
	h := &hands{Hands: r.run.Hands(), Act: sim.Act{By: t.by, Why: t.why, Cause: t.seq}}
	if said := t.what.do(h, topology.Target{t.parts[t.finished]}); said != "" && !slices.Contains(t.said, said) {
		t.said = append(t.said, said)
	}
	if t.finished++; t.finished < len(t.parts) {
		r.goOn(t)
		return
	}
	t.done, t.found = true, r.foundBy(t)
	r.log.Add(t.seq, t.String(), sim.WorkData{Do: t.Kind, By: t.by, Done: true, Found: t.found})
	r.next(t)
}

// foundBy says what was found by what has been done so far.
func (r *Room) foundBy(t *task) string {
	if t.Kind == cycling && t.finished > 0 {
		return consoles(r.log, t.parts[:t.finished])
	}
	return strings.Join(t.said, "; ")
}

// leave stops work that is not done: it ends with the parts that are.
func (r *Room) leave(t *task) {
	t.left = true
	if !t.begun {
		return
	}
	t.cancel()
	t.found = r.foundBy(t)
	r.log.Add(r.cause, t.String(), sim.WorkData{Do: t.Kind, By: t.by, Left: true, Found: t.found})
	r.next(t)
}

// next has those whose hands are free now begin what waits for them.
func (r *Room) next(after *task) {
	if !after.hands {
		return
	}
	for _, t := range r.tasks {
		if t.hands && t.by == after.by && !t.begun && t.pending() {
			r.start(t)
			return
		}
	}
}
