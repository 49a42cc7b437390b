package report

import (
	"strings"

	"github.com/dcdrill/dcdrill/sim"
)

// room is what a drill's log says of the table: what it was told, what it decided and did.
type room struct {
	told, notes, noticed []span
	asked                []span
	work                 map[string][]span // by who does it
	order                []string          // of those
}

// nobody is who did work that nobody was named for.
const nobody = "the table"

func (r *room) read(e sim.Event) {
	at := span{From: e.At, To: e.At, Evidence: []int{e.Seq}}
	switch d := e.Data.(type) {
	case sim.InjectData:
		at.State, at.Text = "told", e.Subject+", "+injectWords(d)
		r.told = append(r.told, at)
	case sim.AskedData:
		at.State, at.Text, at.Open = "asked", e.Subject+": "+d.Text, true
		r.asked = append(r.asked, at)
	case sim.DecidedData:
		r.decided(e, d)
	case sim.WorkData:
		r.worked(e, d)
	case sim.MessageData:
		at.State, at.Text = "told", d.From+" to "+d.To+": "+d.Text
		r.told = append(r.told, at)
	case sim.RemarkData:
		at.State, at.Text = "told", d.Part+": "+d.Text
		r.notes = append(r.notes, at)
	case sim.PostedData:
		at.State, at.Text = "milestone", "customers are told: "+d.Text
		r.noticed = append(r.noticed, at)
	}
}

// decided ends the time in which the table thought about it.
func (r *room) decided(e sim.Event, d sim.DecidedData) {
	for i := range r.asked {
		if s := &r.asked[i]; s.Open && strings.HasPrefix(s.Text, e.Subject+": ") {
			s.Open, s.To = false, e.At
			s.Text = e.Subject + ": decided for " + d.Option
			s.Evidence = append(s.Evidence, e.Seq)
		}
	}
}

// worked begins a piece of work, or ends the one that was begun.
func (r *room) worked(e sim.Event, d sim.WorkData) {
	who := orWord(d.By, nobody)
	if d.Done || d.Left {
		for i := range r.work[who] {
			if s := &r.work[who][i]; s.Open && s.Text == e.Subject {
				s.Open, s.To, s.Text = false, e.At, s.Text+": "+outcome(d)
				s.Evidence = append(s.Evidence, e.Seq)
				return
			}
		}
		return
	}
	if r.work == nil {
		r.work = map[string][]span{}
	}
	if r.work[who] == nil {
		r.order = append(r.order, who)
	}
	r.work[who] = append(r.work[who], span{From: e.At, Open: true, State: "work", Text: e.Subject, Evidence: []int{e.Seq}})
}

// outcome is what came of work that is over.
func outcome(d sim.WorkData) string {
	if d.Left {
		return "left before it was done"
	}
	return d.Found
}

// injectWords is what the table was told, and how.
func injectWords(d sim.InjectData) string {
	text := d.Via
	if d.From != "" {
		text += " from " + d.From
	}
	if d.To != "" {
		text += " to " + d.To
	}
	return text + ": " + d.Text
}

// roomLanes has a lane for what the table was told, for its decisions, for who did something, for notices and notes.
func (t *tracks) roomLanes() []*lane {
	var all []*lane
	add := func(name string, spans []span) {
		for i := range spans {
			if spans[i].Open {
				spans[i].To = max(t.end, spans[i].From+1)
			}
		}
		if len(spans) > 0 {
			all = append(all, &lane{ID: t.ids.of("room", name), Name: name, Spans: spans})
		}
	}
	add("told", t.room.told)
	add("to decide", t.room.asked)
	for _, who := range t.room.order {
		add(who, t.room.work[who])
	}
	add("notices", t.room.noticed)
	add("notes", t.room.notes)
	return all
}
