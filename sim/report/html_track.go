package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// tracks is what a log says of everything that has a lane.
type tracks struct {
	log        *sim.Log
	ids        elementIDs
	history    *sim.History
	end        time.Duration
	milestones []milestone
	faults     spells
	parts      spells
	guests     spells
	people     spells
	spares     spells
	notices    []span
	room       room
	dead       map[string]map[string]bool // by fault: the optics that it took and nobody has replaced
	steady     bool
	staged     map[int]bool // stage events: carriers that follow from them go without saying
}

func readTracks(log *sim.Log, ids elementIDs) *tracks {
	t := &tracks{log: log, ids: ids, history: sim.HistoryOf(log), staged: map[int]bool{}, dead: map[string]map[string]bool{}}
	t.end, _ = t.history.End()
	for _, e := range log.Events() {
		t.read(e)
	}
	for _, s := range []*spells{&t.faults, &t.parts, &t.guests, &t.people, &t.spares} {
		s.until(t.end)
	}
	return t
}

func (t *tracks) read(e sim.Event) {
	switch d := e.Data.(type) {
	case sim.MilestoneData:
		t.milestones = append(t.milestones, milestone{e.Seq, e.Subject, e.At})
	case sim.SteadyData:
		t.steady = true
	case sim.FaultData:
		t.faults.set(e.Subject, e, condition{"fault", called(e.Subject, d) + lasting(d)}, sim.Event{})
	case sim.HealedData:
		t.faults.set(e.Subject, e, condition{}, sim.Event{})
	case sim.GuestData:
		if t.steady {
			t.guests.set(e.Subject, e, guestCondition(d), t.log.Fault(e.Cause))
		}
	default:
		t.mended(e)
		t.part(e)
		t.person(e)
		t.room.read(e)
	}
}

// mended ends the lane of a fault that has nothing left of it: somebody has replaced every optic that it took.
func (t *tracks) mended(e sim.Event) {
	d, ok := e.Data.(sim.OpticData)
	if !ok {
		return
	}
	if d.State != "ok" {
		fault := t.log.Fault(e.Cause).Subject
		if t.dead[fault] == nil {
			t.dead[fault] = map[string]bool{}
		}
		t.dead[fault][e.Subject] = true
		return
	}
	for fault, optics := range t.dead {
		if optics[e.Subject] {
			delete(optics, e.Subject)
			if len(optics) == 0 {
				t.faults.set(fault, e, condition{}, sim.Event{})
			}
		}
	}
}

// part reads what became of a part; before the steady state the plant only comes up.
func (t *tracks) part(e sim.Event) {
	if _, ok := e.Data.(sim.StageData); ok {
		t.staged[e.Seq] = true
	}
	if _, ok := e.Data.(sim.CarrierData); ok && t.staged[e.Cause] {
		return
	}
	if c, ok := partCondition(e); ok && t.steady {
		t.parts.set(e.Subject, e, c, t.log.Fault(e.Cause))
	}
}

// groups are the lanes from top to bottom: what was done, what it did to the plant, who felt it.
func (t *tracks) groups(r *Report) []laneGroup {
	return []laneGroup{
		{"milestones", "Milestones", t.milestoneLanes()},
		{"faults", "Faults", t.faultLanes()},
		{"parts", "Plant", t.partLanes()},
		{"workloads", "Workloads", t.workloadLanes(r)},
		{"people", "People and spare parts", t.peopleLanes()},
		{"room", "The table", t.roomLanes()},
	}
}

func (t *tracks) milestoneLanes() []*lane {
	if len(t.milestones) == 0 {
		return nil
	}
	l := &lane{ID: t.ids.of("lane", "milestones"), Name: "reached"}
	for _, m := range t.milestones {
		l.Spans = append(l.Spans, span{From: m.At, To: m.At, State: "milestone", Text: m.Name, Evidence: []int{m.Seq}})
	}
	return []*lane{l}
}

// faultLanes has a lane for every entry of the timeline, those that are still to come too.
func (t *tracks) faultLanes() []*lane {
	var all []*lane
	for _, e := range t.log.Header().Entries {
		l := &lane{ID: t.ids.of("fault", e.ID), Name: e.ID, Note: e.Text, Spans: t.faults.spans[e.ID]}
		if e.ID == e.Kind {
			l.Name, l.Note = e.Text, ""
		}
		l.Calm = len(l.Spans) == 0
		if !l.Calm && !l.Spans[0].Open {
			l.Sum = Duration(l.Spans[0].To - l.Spans[0].From)
		}
		all = append(all, l)
	}
	return all
}

// mostParts is how many parts have lanes of their own; more of them are a band that opens (chosen: a screen's height).
const mostParts = 24

func (t *tracks) partLanes() []*lane {
	var all []*lane
	for _, part := range t.parts.order {
		l := &lane{ID: t.ids.of("part", part), Name: part, Spans: t.parts.spans[part]}
		t.blame(l.Spans)
		all = append(all, l)
	}
	if len(all) <= mostParts {
		return all
	}
	for _, l := range all {
		l.Member = true
	}
	name := Plural(len(all), "part")
	return []*lane{{ID: t.ids.of("lane", "parts"), Name: name, Spans: band(all, t.end), Members: all}}
}

// blame links spans to the lane of the fault that they go back to.
func (t *tracks) blame(spans []span) {
	for i := range spans {
		if spans[i].Why != "" {
			spans[i].Cause = t.ids.of("fault", spans[i].Why)
		}
	}
}

func (t *tracks) workloadLanes(r *Report) []*lane {
	var all []*lane
	uses := t.log.Header().Uses
	for i, w := range r.Workloads {
		l := t.lanesOf(w.ID, uses[i].Kind, uses[i].Subjects())
		l.Mark = w.Survived
		l.Sum = sumOf(w, r)
		all = append(all, l)
		all = append(all, t.watchLanes(w.ID, uses[i])...)
	}
	return all
}

// mostWatches is how many aspects of a workload have lanes of their own: more of them are a band that opens (chosen).
const mostWatches = 2

// watchLanes are what is seen of a workload from outside, and what its machines see.
func (t *tracks) watchLanes(id string, u sim.UseData) []*lane {
	var all []*lane
	for _, aspect := range u.Watches {
		if len(u.Watches) > mostWatches && u.Members == 1 {
			continue
		}
		all = append(all, t.lanesOf(id+" "+aspect, "from outside", watched(u, aspect)))
	}
	if len(u.Watches) > mostWatches && u.Members == 1 {
		all = append(all, t.lanesOf(id+" looks out", "watch", u.WatchSubjects()))
	}
	return all
}

// notBack is what is said of what had not come back when the log ended.
const notBack = "not back"

// sumOf is what a workload's lane comes to.
func sumOf(w Workload, r *Report) string {
	switch {
	case w.Longest == nil:
		return ""
	case w.Longest.Open && !r.whole():
		return notBack
	}
	return goneFor(w.Longest, r)
}

// watched lists what looks at one aspect of the members.
func watched(u sim.UseData, aspect string) []string {
	var all []string
	for _, m := range u.Subjects() {
		all = append(all, sim.WatchOf(m, aspect))
	}
	return all
}

// lanesOf makes a lane of its own for one member, and a band that opens for several.
func (t *tracks) lanesOf(name, kind string, members []string) *lane {
	l := &lane{ID: t.ids.of("work", name), Name: name, Note: kind}
	if len(members) == 1 {
		l.Spans = t.memberSpans(members[0])
		l.Calm = len(l.Spans) == 0
		return l
	}
	l.Note = fmt.Sprintf("%s, %d", kind, len(members))
	for _, m := range members {
		ml := &lane{ID: t.ids.of("work", m), Name: m, Member: true, Spans: t.memberSpans(m)}
		ml.Calm = len(ml.Spans) == 0
		ml.Sum = t.memberSum(m)
		l.Members = append(l.Members, ml)
	}
	l.Spans = band(l.Members, t.end)
	l.Calm = len(l.Spans) == 0
	return l
}

// memberSum is how long a member was gone in all.
func (t *tracks) memberSum(m string) string {
	outages := t.history.OutagesOf(m)
	switch total, _ := t.history.Total(m); {
	case len(outages) == 0:
		return ""
	case outages[len(outages)-1].Open:
		return notBack
	default:
		return Duration(total)
	}
}

// memberSpans are a member's outages; where it is a virtual machine they are split by how it was in them.
func (t *tracks) memberSpans(m string) []span {
	guest := t.guests.spans[m]
	var all []span
	for _, o := range t.history.OutagesOf(m) {
		all = append(all, t.outage(o))
	}
	if len(guest) > 0 {
		all = append(uncovered(all, guest), guest...)
		slices.SortStableFunc(all, func(a, b span) int { return cmp.Compare(a.From, b.From) })
	}
	t.blame(all)
	return all
}

// uncovered leaves of outages what no state of the machine explains.
func uncovered(outages, guest []span) []span {
	var all []span
	for _, o := range outages {
		from := o.From
		for _, g := range guest {
			if g.To <= from || g.From >= o.To {
				continue
			}
			if g.From > from {
				all = append(all, piece(o, from, g.From))
			}
			from = max(from, g.To)
		}
		if from < o.To {
			last := piece(o, from, o.To)
			last.Open = o.Open
			all = append(all, last)
		}
	}
	return all
}

func piece(o span, from, to time.Duration) span {
	o.From, o.To, o.Open = from, to, false
	return o
}

func (t *tracks) outage(o sim.Outage) span {
	from := max(0, o.From)
	s := span{From: from, To: max(from, o.To), Open: o.Open, State: "gone", Evidence: []int{o.Down}, Why: t.log.Event(o.Fault).Subject}
	if o.Open {
		s.To = max(s.To, from+1)
		s.Text = notBack // and not for how long: a live page would have to tell it anew all the time
		return s
	}
	s.Evidence = append(s.Evidence, o.Up)
	s.Text = "not served for " + Duration(o.Length())
	if o.Resolution > 0 {
		s.Text += " ±" + Duration(o.Resolution)
	}
	return s
}
