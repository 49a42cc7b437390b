package report

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// person reads what people did, what parts they waited for, and what they told their clients.
func (t *tracks) person(e sim.Event) {
	switch d := e.Data.(type) {
	case sim.TaskData:
		t.task(e, d)
	case sim.PartData:
		t.spares.set(e.Subject+" for "+d.For, e, spareCondition(d), t.log.Fault(e.Cause))
	case sim.NoticeData:
		text := "clients are told: " + d.Text
		if d.ETA > 0 {
			text += ", back after " + minutes(d.ETA)
		}
		t.notices = append(t.notices, span{From: e.At, To: e.At, State: "milestone", Text: text, Evidence: []int{e.Seq}})
	}
}

// task begins or ends what a person is at. What lies waiting is nobody's.
func (t *tracks) task(e sim.Event, d sim.TaskData) {
	if d.By == "" {
		return
	}
	switch d.State {
	case sim.TaskBegun:
		text := e.Subject
		if d.On != "" {
			text += " " + d.On
		}
		t.people.set(d.By, e, condition{"work", text}, t.log.Fault(e.Cause))
	case sim.TaskEnded:
		if all := t.people.spans[d.By]; len(all) > 0 && d.Found != "" {
			all[len(all)-1].Text += ": " + d.Found
		}
		t.people.set(d.By, e, condition{}, sim.Event{})
	}
}

// spareCondition is how a place in the plant waits for its part.
func spareCondition(d sim.PartData) condition {
	switch d.State {
	case sim.PartOrdered:
		return condition{"ordered", "ordered, due after " + minutes(d.Due)}
	case sim.PartTaken:
		return condition{"there", "taken from the shelf"}
	case sim.PartArrived:
		return condition{"there", "arrived"}
	case sim.PartDead:
		return condition{"down", "dead on arrival"}
	}
	return condition{} // fitted
}

// peopleLanes has a lane for every person, every place that a part is for, and the notices.
func (t *tracks) peopleLanes() []*lane {
	var all []*lane
	for _, who := range t.people.order {
		l := &lane{ID: t.ids.of("person", who), Name: who, Spans: t.people.spans[who]}
		busy := time.Duration(0)
		for _, s := range l.Spans {
			busy += s.To - s.From
		}
		l.Sum = minutes(sim.Seconds(busy))
		all = append(all, l)
	}
	for _, what := range t.spares.order {
		all = append(all, &lane{ID: t.ids.of("spare", what), Name: what, Spans: t.spares.spans[what]})
	}
	for _, l := range all {
		t.blame(l.Spans)
	}
	if len(t.notices) > 0 {
		all = append(all, &lane{ID: t.ids.of("lane", "notices"), Name: "notices", Spans: t.notices})
	}
	return all
}

// HasPeople says whether there is anything to say of them: in a drill the table is who repairs.
func (s *sheet) HasPeople() bool { return s.Fore == nil || s.Recovery != nil }

// Minutes writes a time as people count it.
func (w Work) Minutes() string { return minutes(w.Time) }

// PeopleTime is what all people were busy for.
func (s *sheet) PeopleTime() string { return minutes(s.Recovery.Hours) }

// noticeRow is what clients were told, in words.
type noticeRow struct{ At, Text, ETA, Off string }

// NoticeRows are the notices of the run.
func (s *sheet) NoticeRows() []noticeRow {
	var all []noticeRow
	for _, n := range s.Recovery.Notices {
		row := noticeRow{At: s.When(time.Duration(n.At)), Text: n.Text}
		if n.ETA > 0 {
			row.ETA = s.When(time.Duration(n.ETA))
		}
		if n.Error != 0 {
			row.Off = off(n.Error)
		}
		all = append(all, row)
	}
	return all
}
