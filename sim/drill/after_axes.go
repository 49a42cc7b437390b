package drill

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
)

// allAxes are all of them, in order, each with what its evidence is. There is no sum of them.
var allAxes = []struct {
	axis     Axis
	evidence func(*action) []cell
}{
	{Detect, (*action).detected},
	{Diagnose, (*action).diagnosed},
	{Decide, (*action).decided},
	{Restore, (*action).restored},
	{Verify, (*action).verified},
	{Communicate, (*action).communicated},
	{Safety, (*action).unharmed},
	{DataSafety, (*action).kept},
}

// axes is how the table did: what people rated, and beside it what the log shows.
func (a *action) axes(s *section) {
	s.say("Each axis by itself. Ratings are people's: P %s, S %s, M %s, U %s.", Ratings["P"], Ratings["S"], Ratings["M"], Ratings["U"])
	for _, x := range allAxes {
		s.heading(string(x.axis))
		t := &grid{Head: []string{"objective", "rated", "by", "in their words"}}
		for _, o := range a.Objectives {
			if o.Value.Axis == x.axis {
				t.Rows = append(t.Rows, a.rated(o.Key, o.Value.Text)...)
			}
		}
		if len(t.Rows) > 0 {
			s.Blocks = append(s.Blocks, block{Table: t})
		} else {
			s.say("The script has no objective on this axis.")
		}
		s.list("The log shows nothing of it.", x.evidence(a)...)
	}
}

// rated has a row for each evaluator who rated an objective; one without, if nobody did. Notes on it are cited.
func (a *action) rated(key, what string) [][]cell {
	var rows [][]cell
	for _, m := range ratings(a.log, key, everybody) {
		rows = append(rows, []cell{{Text: what}, text([]int{m.seq}, "%s: %s", m.Rating, Ratings[m.Rating]), {Text: m.By}, {Text: m.Text}})
	}
	if rows == nil {
		rows = [][]cell{plain(what, "not rated", "", "")}
	}
	for _, e := range a.events {
		if _, note := e.Data.(sim.RemarkData); note && e.Subject == key {
			rows[0][3].Cites = append(rows[0][3].Cites, e.Seq)
		}
	}
	return rows
}

// first is the first event that is so; the zero Event when none is.
func (a *action) first(so func(sim.Event) bool) sim.Event {
	for _, e := range a.events {
		if so(e) {
			return e
		}
	}
	return sim.Event{}
}

// outages are those of all workloads.
func (a *action) outages() (all []sim.Outage) {
	for _, u := range a.header.Uses {
		all = append(all, a.h.Outages(u.ID)...)
	}
	return all
}

// began is the first outage; false when nothing was gone.
func (a *action) began() (first sim.Outage, some bool) {
	for _, o := range a.outages() {
		if !some || o.From < first.From {
			first, some = o, true
		}
	}
	return first, some
}

// firstBack is the first outage that ended; false when none did.
func (a *action) firstBack() (first sim.Outage, some bool) {
	for _, o := range a.outages() {
		if !o.Open && (!some || o.To < first.To) {
			first, some = o, true
		}
	}
	return first, some
}

// back is when the last workload was back; false when nothing was gone, or something never came.
func (a *action) back() (last sim.Outage, all bool) {
	for _, o := range a.outages() {
		if o.Open {
			return o, false
		}
		if o.To > last.To {
			last, all = o, true
		}
	}
	return last, all
}

// detected: how long it took from the first fault and the first outage until the table was told, and until it acted.
func (a *action) detected() []cell {
	fault := a.first(func(e sim.Event) bool { _, is := e.Data.(sim.FaultData); return is })
	if fault.Seq == 0 {
		return nil
	}
	all := []cell{text([]int{fault.Seq}, "%s: the first fault, %s", a.when(fault.At), fault.Subject)}
	if o, some := a.began(); some {
		all = append(all, text([]int{o.Down}, "%s: the first workload gone, %s", a.when(o.From), o.Workload))
	}
	told := a.first(func(e sim.Event) bool { _, is := e.Data.(sim.InjectData); return is && e.At >= fault.At })
	if told.Seq > 0 {
		all = append(all, text([]int{told.Seq}, "%s: the table is told first, %s, %s after the fault", a.when(told.At), told.Subject, span(told.At-fault.At)))
	}
	acted := a.first(func(e sim.Event) bool { return e.At >= fault.At && acts(e) })
	if acted.Seq == 0 {
		return append(all, text(nil, "The table did nothing."))
	}
	what, _ := a.say(acted)
	return append(all, text([]int{acted.Seq}, "%s: the table acts first, %s after the fault: %s", a.when(acted.At), span(acted.At-fault.At), what))
}

// acts says whether the table does something of its own.
func acts(e sim.Event) bool {
	switch d := e.Data.(type) {
	case sim.WorkData:
		return !d.Done && !d.Left
	case sim.MessageData:
		return d.By == ""
	case sim.DecidedData, sim.PostedData:
		return true
	}
	return false
}

// diagnosed: where the table looked, and what it found there.
func (a *action) diagnosed() (all []cell) {
	for _, e := range a.events {
		if d, ok := e.Data.(sim.WorkData); ok && d.Done && d.Do == looking {
			all = append(all, text([]int{e.Seq}, "%s: %s: %s", a.when(e.At), e.Subject, d.Found))
		}
	}
	return all
}

// decided: what was asked, how long the table took, what it chose and what is the truth of that.
func (a *action) decided() (all []cell) {
	for _, e := range a.events {
		d, ok := e.Data.(sim.AskedData)
		if !ok {
			continue
		}
		taken := a.first(func(x sim.Event) bool { _, is := x.Data.(sim.DecidedData); return is && x.Subject == e.Subject })
		if taken.Seq == 0 {
			all = append(all, text([]int{e.Seq}, "%s: asked, never decided: %s", a.when(e.At), d.Text))
			continue
		}
		choice := taken.Data.(sim.DecidedData)
		words, truth := choice.Option, ""
		if q := a.Decisions.Lookup(e.Subject); q != nil {
			if o := q.Options.Lookup(choice.Option); o != nil {
				words, truth = o.Text, " The truth: "+o.Truth
			}
		}
		all = append(all, text([]int{e.Seq, taken.Seq}, "%s: %s: decided after %s: %s%s.%s",
			a.when(taken.At), e.Subject, span(taken.At-e.At), words, because(choice.Why), truth))
	}
	return all
}

// restored: what the table did to the plant, and when each workload was back.
func (a *action) restored() (all []cell) {
	for _, e := range a.events {
		if d, ok := e.Data.(sim.WorkData); ok && d.Done && d.Do != looking {
			all = append(all, text([]int{e.Seq}, "%s: %s: %s", a.when(e.At), e.Subject, d.Found))
		}
	}
	for _, u := range a.header.Uses {
		if o, some := a.h.Longest(u.ID); some {
			all = append(all, text(outageOf(o), "%s: gone for %s, %s", u.ID, span(o.Length()), a.backAt(o)))
		}
	}
	return all
}

func (a *action) backAt(o sim.Outage) string {
	if o.Open {
		return "not back at the end"
	}
	return "back at " + a.when(o.To)
}

// verified: where the table looked once something was back, what it noted, and who was not served at the end.
func (a *action) verified() (all []cell) {
	back, some := a.firstBack()
	if !some {
		return nil
	}
	looks := []int{}
	for _, e := range a.events {
		if d, ok := e.Data.(sim.WorkData); ok && d.Done && d.Do == looking && e.At > back.To {
			looks = append(looks, e.Seq)
		}
	}
	all = append(all, text(append([]int{back.Up}, looks...), "After %s was back (%s) the table looked at the plant %s.",
		back.Workload, a.when(back.To), times(len(looks))))
	for _, u := range a.header.Uses {
		open, cites := 0, []int(nil)
		for _, m := range a.h.Members(u.ID) {
			if all := a.h.OutagesOf(m); len(all) > 0 && all[len(all)-1].Open {
				open++
				cites = []int{all[len(all)-1].Down}
			}
		}
		if open > 0 {
			all = append(all, text(cites, "%s: %d of %d not served at the end", u.ID, open, u.Members))
		}
	}
	return all
}

func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// communicated: the first notice, each time that was promised, and the longest silence.
func (a *action) communicated() (all []cell) {
	down, some := a.began()
	last, longest := down.From, time.Duration(0)
	for _, e := range a.events {
		d, ok := e.Data.(sim.PostedData)
		if !ok {
			continue
		}
		longest, last = max(longest, e.At-last), e.At
		line := fmt.Sprintf("%s: %s", a.when(e.At), d.Text)
		if len(all) == 0 && some {
			line += fmt.Sprintf(" (the first notice, %s after the outage began)", span(e.At-down.From))
		}
		if d.ETA != nil {
			line += fmt.Sprintf(" (promised for %s; %s)", a.when(time.Duration(*d.ETA)), a.allBack())
		}
		all = append(all, text([]int{e.Seq}, "%s", line))
	}
	switch {
	case !some:
		return all
	case len(all) == 0:
		return []cell{text([]int{down.Down}, "Customers were told nothing, from %s on.", a.when(down.From))}
	}
	until := a.end
	if o, done := a.back(); done {
		until = max(o.To, last)
	}
	return append(all, text(nil, "The longest silence while something was gone: %s.", span(max(longest, until-last))))
}

// allBack is when all was well again.
func (a *action) allBack() string {
	switch o, all := a.back(); {
	case all:
		return "the last was back at " + a.when(o.To)
	case o.Open:
		return "not all was back at the end"
	default:
		return "nothing was gone"
	}
}

// unharmed: what was gone through the table's own doing.
func (a *action) unharmed() (all []cell) {
	for _, u := range a.header.Uses {
		hit, worst, act := 0, sim.Outage{}, sim.Event{}
		for _, o := range a.h.Outages(u.ID) {
			if by := a.act(o.Down); by.Seq > 0 {
				hit++
				if o.Length() >= worst.Length() {
					worst, act = o, by
				}
			}
		}
		if hit > 0 {
			d := act.Data.(sim.ActionData)
			all = append(all, text([]int{act.Seq, worst.Down}, "%s: %s of its members, gone for up to %s through %s %s%s",
				u.ID, report.Plural(hit, "outage"), span(worst.Length()), d.Do, act.Subject, byWhom(d.By)))
		}
	}
	if len(all) == 0 {
		all = append(all, text(nil, "Nothing was gone through the table's own doing."))
	}
	return all
}

func byWhom(who string) string {
	if who == "" {
		return ""
	}
	return ", by " + who
}

// act is what the table did that an event goes back to; the zero Event when it goes back to something else.
func (a *action) act(seq int) sim.Event {
	for seq > 0 {
		e := a.log.Event(seq)
		if _, ok := e.Data.(sim.ActionData); ok {
			return e
		}
		if e.Cause >= seq {
			break // no log of ours: nothing is caused by what comes after it
		}
		seq = e.Cause
	}
	return sim.Event{}
}

// kept: what machines were switched off with, and what was found on their disks.
func (a *action) kept() (all []cell) {
	if lost := report.ReadRow("", a.log).Lost; lost > 0 {
		all = append(all, text(nil, "%s switched off with what they had in memory and could not write.", report.Plural(lost, "machine")))
	}
	sound, hurt := 0, []int(nil)
	for _, e := range a.events {
		if d, ok := e.Data.(sim.IntegrityData); ok && d.Sound() {
			sound++
		} else if ok {
			hurt = append(hurt, e.Seq)
		}
	}
	if sound > 0 {
		all = append(all, text(nil, "%s read back: all that was acknowledged is there.", report.Plural(sound, "disk")))
	}
	if len(hurt) > 0 {
		all = append(all, text(hurt, "%s read back and damaged: something that was acknowledged is not there.", report.Plural(len(hurt), "disk")))
	}
	return all
}
