package sim

import (
	"cmp"
	"slices"
	"time"
)

// Slack is how much a measured moment may lie outside the model's hull beyond its resolution: three times the longest
// stall of a loaded machine (31 ms, measured), one each for what is sent, what is received and what the world sets.
const Slack = 100 * time.Millisecond

// Outage is a time in which a member was not served: from the last moment it was known to be, to the first it was again.
type Outage struct {
	Workload string
	Member   string // "mail/3"; the workload itself when it has one member
	From, To time.Duration
	// Open: it had not ended when the log did; To is the end of the log then.
	Open bool
	// Resolution is how finely From and To together were measured, From alone while it is open; zero in the model.
	Resolution time.Duration
	// Fault is the sequence number of the fault that it goes back to; 0 when the log does not say.
	Fault int
	// Down and Up are the sequence numbers of the events that begin and end it; Up is 0 while it is open.
	Down, Up int
}

// Length is how long it lasted; how long so far when it is open.
func (o Outage) Length() time.Duration { return o.To - o.From }

// History is what the members of a log's workloads saw, from the steady state to the end.
type History struct {
	members map[string][]string      // by workload, in order
	outages map[string][]Outage      // by member
	late    map[string]time.Duration // by member: the worst of its sender
	steady  bool
	end     time.Duration
	ended   string // EndData.Reason; empty for a log cut short
}

// HistoryOf reads a log.
func HistoryOf(log *Log) *History {
	if log.history != nil {
		return log.history
	}
	h := &History{members: map[string][]string{}, outages: map[string][]Outage{}, late: map[string]time.Duration{}}
	workload := map[string]string{}
	for _, u := range log.Header().Uses {
		for _, m := range u.Subjects() {
			h.members[u.ID] = append(h.members[u.ID], m)
			workload[m] = u.ID
		}
		for _, w := range u.WatchSubjects() {
			workload[w] = u.ID
		}
	}
	for _, e := range log.Events() {
		h.end = max(h.end, e.At)
		h.see(log, e, workload[e.Subject])
	}
	for m := range h.outages {
		if last := &h.outages[m][len(h.outages[m])-1]; last.Open {
			last.To = max(last.From, h.end)
		}
	}
	return h
}

// Subjects names the workload's members as events do.
func (u UseData) Subjects() []string {
	if u.Members == 1 {
		return []string{u.ID}
	}
	all := make([]string, u.Members)
	for i := range all {
		all[i] = u.ID + "/" + itoa(i+1)
	}
	return all
}

// WatchSubjects names what looks at the workload's members from outside, as events do.
func (u UseData) WatchSubjects() []string {
	var all []string
	for _, aspect := range u.Watches {
		for _, m := range u.Subjects() {
			all = append(all, WatchOf(m, aspect))
		}
	}
	return all
}

// see takes in one event; workload is that of its subject, if it is a member or a watch.
func (h *History) see(log *Log, e Event, workload string) {
	switch d := e.Data.(type) {
	case SteadyData:
		h.steady = len(d.Unserved) == 0
	case EndData:
		h.ended = d.Reason
	case StatsData:
		h.late[e.Subject] = time.Duration(d.Late)
	case DownData:
		if workload != "" && h.steady {
			h.outages[e.Subject] = append(h.outages[e.Subject], Outage{
				Workload: workload, Member: e.Subject, From: time.Duration(d.Since + d.Resolution), Open: true,
				Resolution: time.Duration(d.Resolution), Fault: log.Fault(e.Cause).Seq, Down: e.Seq,
			})
		}
	case UpData:
		h.up(e, d)
	}
}

func (h *History) up(e Event, d UpData) {
	all := h.outages[e.Subject]
	if len(all) == 0 || !all[len(all)-1].Open {
		return // the first time it is served
	}
	last := &all[len(all)-1]
	last.From, last.To, last.Resolution = time.Duration(d.From), time.Duration(d.To), time.Duration(d.Resolution)
	last.Open, last.Up = false, e.Seq
}

// Steady says whether every workload was served before the first fault: without it, outages mean nothing.
func (h *History) Steady() bool { return h.steady }

// End is the time of the last event, and why the run ended: EndData's reason, or empty when the log was cut short.
func (h *History) End() (time.Duration, string) { return h.end, h.ended }

// Members lists a workload's members; none when the log has no such workload.
func (h *History) Members(workload string) []string { return h.members[workload] }

// Late is how late the sender of a member was at worst.
func (h *History) Late(member string) time.Duration { return h.late[member] }

// OutagesOf lists the outages of one member, or of a watch, in order of time.
func (h *History) OutagesOf(member string) []Outage { return h.outages[member] }

// Outages lists the outages of all members of a workload by their beginning.
func (h *History) Outages(workload string) []Outage {
	var all []Outage
	for _, m := range h.members[workload] {
		all = append(all, h.outages[m]...)
	}
	slices.SortStableFunc(all, func(a, b Outage) int { return cmp.Compare(a.From, b.From) })
	return all
}

// Longest is the longest outage of any member of a workload; false when there was none. When nothing was left that could
// have ended an open one, that is longer than any other.
func (h *History) Longest(workload string) (Outage, bool) {
	var longest Outage
	all := h.Outages(workload)
	for _, o := range all {
		endless, sofar := o.Open && h.ended == "played", longest.Open && h.ended == "played"
		if longest.Down == 0 || endless && !sofar || endless == sofar && o.Length() > longest.Length() {
			longest = o
		}
	}
	return longest, len(all) > 0
}

// Total is a member's time without service, with the sum of how finely it was measured.
func (h *History) Total(member string) (total, resolution time.Duration) {
	for _, o := range h.outages[member] {
		total += o.Length()
		resolution += o.Resolution
	}
	return total, resolution
}

// ServedAt says whether a member was served at a moment of the run. It is not sure within the resolution of the
// beginning or the end of an outage.
func (h *History) ServedAt(member string, at time.Duration) (served, sure bool) {
	sure = h.steady && at <= h.end
	served = true
	for _, o := range h.outages[member] {
		if at > o.From && (at < o.To || o.Open) {
			served = false
		}
		if o.Resolution > 0 && (near(at, o.From, o.Resolution) || !o.Open && near(at, o.To, o.Resolution)) {
			sure = false
		}
	}
	return served, sure
}

func near(a, b, by time.Duration) bool { return max(a-b, b-a) <= by }
