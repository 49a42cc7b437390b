package drill

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
)

// found is a finding with what came of playing its remedy.
type found struct {
	seq   int
	d     sim.FindingData
	rerun *sim.RerunData // nil: it was not played
	again int            // the event of that
}

// findings are those of a log.
func findings(events []sim.Event) []found {
	var all []found
	for _, e := range events {
		switch d := e.Data.(type) {
		case sim.FindingData:
			all = append(all, found{seq: e.Seq, d: d})
		case sim.RerunData:
			for i := range all {
				if all[i].seq == e.Cause {
					all[i].rerun, all[i].again = &d, e.Seq
				}
			}
		}
	}
	return all
}

// plan is the improvement plan: each finding with its owner, its date, and what it would have changed.
func (a *action) plan(s *section) {
	all := findings(a.events)
	if len(all) == 0 {
		s.say("No findings were written down.")
		return
	}
	t := s.table("axis", "finding", "action", "owner", "until", "remedy", "with it")
	for _, f := range all {
		t.row(append(plain(a.axisOf(f.d.Objective)), text([]int{f.seq}, "%s", f.d.Text),
			cell{Text: f.d.Action}, cell{Text: orNothing(f.d.Owner)}, cell{Text: orNothing(f.d.Until)}, cell{Text: orNothing(f.d.Remedy)}, f.delta())...)
	}
	a.tolls(s, all)
	if len(RemediesOf(a.log)) == 0 {
		return
	}
	s.heading("Play it again")
	s.say("From this log alone, in the model or on real packets; the scenario's own people repair it then:")
	s.list("", cell{Text: "dcdrill drill rerun log.jsonl", Code: true}, cell{Text: "dcdrill drill rerun log.jsonl --world kernel", Code: true})
}

func (a *action) axisOf(objective string) string {
	if o := a.Objectives.Lookup(objective); o != nil {
		return string(o.Axis)
	}
	return objective
}

// delta is what a remedy changes, in a line.
func (f found) delta() cell {
	switch {
	case f.d.Patch == "":
		return cell{Text: "no remedy to play"}
	case f.rerun == nil:
		return cell{Text: "not played yet"}
	case f.rerun.Failed != "":
		return text([]int{f.again}, "could not be played: %s", f.rerun.Failed)
	}
	return text([]int{f.again}, "%s", Delta(*f.rerun))
}

// Delta says what a remedy changes: the workload that it changes most, and people's time.
func Delta(r sim.RerunData) string {
	most, by := "", sim.Seconds(0)
	for id := range both(r.Without.Outages, r.With.Outages) {
		without := r.Without.Outages[id]
		change := max(without-r.With.Outages[id], r.With.Outages[id]-without)
		if least := sim.Seconds(time.Second); change < least || change < by {
			continue // what differs by less than a second is measured, not mended (chosen)
		}
		if longest := r.Without.Outages[most]; change > by || without > longest || without == longest && id < most {
			most, by = id, change
		}
	}
	text := "no outage is shorter or longer"
	if most != "" {
		text = fmt.Sprintf("%s: %s instead of %s", most, gone(r.With, most), gone(r.Without, most))
	}
	if r.Without.People != r.With.People {
		text += fmt.Sprintf("; people's time: %s instead of %s", hours(r.With.People), hours(r.Without.People))
	}
	return text
}

// both are the keys of either.
func both(a, b map[string]sim.Seconds) map[string]sim.Seconds {
	all := maps.Clone(b)
	if all == nil {
		return a
	}
	maps.Copy(all, a)
	return all
}

func gone(t sim.Toll, workload string) string {
	switch d := t.Outages[workload]; {
	case slices.Contains(t.ForGood, workload):
		return "for good"
	case d == 0:
		return "never gone"
	default:
		return report.Duration(time.Duration(d))
	}
}

func hours(d sim.Seconds) string {
	if d == 0 {
		return "none"
	}
	return report.Duration(time.Duration(d).Round(time.Minute))
}

// tolls puts side by side what the incident cost as the table played it, as the scenario's own people repair it, and
// with each remedy.
func (a *action) tolls(s *section, all []found) {
	head := []string{"", "at the table", "as it was"}
	table := a.toll()
	columns := []sim.Toll{table}
	for _, f := range all {
		if f.rerun == nil || f.rerun.Failed != "" {
			continue
		}
		if len(columns) == 1 {
			columns = append(columns, f.rerun.Without)
		}
		head, columns = append(head, "with "+f.rerun.Remedy), append(columns, f.rerun.With)
	}
	if len(columns) == 1 {
		return
	}
	s.heading("With the remedies on")
	t := s.table(head...)
	line := func(name string, of func(sim.Toll) string) {
		row := []string{name}
		for _, c := range columns {
			row = append(row, of(c))
		}
		t.row(plain(row...)...)
	}
	for _, id := range report.ReadRow("", a.log).Services() {
		line(id, func(c sim.Toll) string { return gone(c, id) })
	}
	line("people's time", func(c sim.Toll) string { return hours(c.People) })
	line("parts fitted", func(c sim.Toll) string { return fmt.Sprint(c.Parts) })
	line("machines that lost memory", func(c sim.Toll) string { return fmt.Sprint(c.Lost) })
	s.say("Outages are the longest of any member. At the table, people's time is how long work was under way, however many shared it; "+
		"as it was and with each remedy, the scenario's own people repair it, in the %s world.", worldOf(all))
}

func worldOf(all []found) string {
	for _, f := range all {
		if f.rerun != nil && f.rerun.World != "" {
			return f.rerun.World
		}
	}
	return ""
}

// toll is what the incident cost as the table played it.
func (a *action) toll() sim.Toll {
	t := report.ReadRow("", a.log).Toll()
	for _, u := range a.header.Uses {
		if o, some := a.h.Longest(u.ID); some && o.Open && !slices.Contains(t.ForGood, u.ID) {
			t.ForGood = append(t.ForGood, u.ID) // not back when the table ended it
		}
	}
	for _, e := range a.events {
		switch d := e.Data.(type) {
		case sim.WorkData:
			t.People += d.Takes
		case sim.ActionData:
			if d.Do == "replace optic" {
				t.Parts++
			}
		}
	}
	return t
}
