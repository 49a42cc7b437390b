package prediction

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Share is a part of a member's time without service, and what it went into.
type Share struct {
	Name   string
	Length time.Duration
	// After: it is served again by then, and people still work on it.
	After bool
}

// Names of shares. Those of boots and of faults begin with what boots and what went wrong.
const (
	ShareUnseen  = "not found yet"
	ShareFinding = "diagnosis"
	ShareWaiting = "waiting for the part"
	ShareFitting = "fitting"
	ShareMending = "mending"
	ShareSettle  = "paths and guests settling"
	SharePerson  = "waiting for a person"
	ShareTool    = "waiting for a tool"
	ShareNeeds   = "waiting for what it needs"
	ShareTouch   = "power cycle"
	ShareBoot    = "boot"
	ShareRepair  = "repair"
	ShareVerify  = "verification"
)

// SharesOf splits a member's outages along their causal chain: at every moment what is said of the member itself counts
// most, then nodes that boot, then how far the repair had come that ended it, and where there was none, the fault. A node
// that is not back yet when a repair has ended the outage is not what kept it going. The lengths sum to those of the outages;
// what comes after them is marked.
func SharesOf(log *sim.Log, member string) []Share {
	r := &shares{log: log, member: member, sums: map[string]time.Duration{}}
	h := sim.HistoryOf(log)
	end := time.Duration(0)
	for _, o := range h.OutagesOf(member) {
		r.split(o)
		if end = o.To; o.Open {
			end = sim.Never
		}
	}
	var all []Share
	for _, name := range r.order {
		all = append(all, Share{Name: name, Length: r.sums[name]})
	}
	if done := r.verified(); done > end {
		all = append(all, Share{Name: ShareVerify, Length: done - end, After: true})
	}
	return all
}

// shares splits one member's time.
type shares struct {
	log    *sim.Log
	member string
	order  []string
	sums   map[string]time.Duration
}

// stretch is a time with a name.
type stretch struct {
	from, to time.Duration
	name     string
}

// split gives every piece of an outage its name.
func (r *shares) split(o sim.Outage) {
	own := r.own(o)
	mending := r.mending(o, own)
	boots := r.boots(o, len(mending) > 0)
	mended := len(own)+len(boots)+len(mending) > 0
	cuts := []time.Duration{o.From, o.To}
	for _, s := range slices.Concat(own, boots, mending) {
		for _, at := range []time.Duration{s.from, s.to} {
			if o.From < at && at < o.To {
				cuts = append(cuts, at)
			}
		}
	}
	slices.Sort(cuts)
	for i, at := range cuts[1:] {
		name := nameAt(cuts[i], own, boots, mending)
		if name == "" {
			name = r.otherwise(o, mended)
		}
		r.add(name, at-cuts[i])
	}
}

// nameAt is the first stretch of the first list that has one at a moment.
func nameAt(at time.Duration, lists ...[]stretch) string {
	for _, list := range lists {
		for _, s := range list {
			if s.from <= at && at < s.to {
				return s.name
			}
		}
	}
	return ""
}

// otherwise names what is left: the moments in which protocols settle, or a fault that nobody had to mend.
func (r *shares) otherwise(o sim.Outage, mended bool) string {
	if d, ok := r.log.Event(o.Fault).Data.(sim.FaultData); ok && !mended {
		return d.Text
	}
	return ShareSettle
}

func (r *shares) add(name string, length time.Duration) {
	if length <= 0 {
		return
	}
	if _, known := r.sums[name]; !known {
		r.order = append(r.order, name)
	}
	r.sums[name] += length
}

// own is what is said of the member itself: who waits for whom to restart or repair it, and how it boots.
func (r *shares) own(o sim.Outage) []stretch {
	var all []stretch
	var now stretch
	to := func(at time.Duration, name string) {
		if now.to = at; now.name != "" {
			all = append(all, now)
		}
		now = stretch{from: at, name: name}
	}
	batch := r.batch()
	for _, e := range r.log.Events() {
		if e.At < o.From || e.At > o.To {
			continue
		}
		switch d := e.Data.(type) {
		case sim.TaskData:
			if d.On == r.member || d.On == batch && batch != "" {
				if name, told := ofTask(e.Subject, d); told {
					to(e.At, name)
				}
			}
		case sim.GuestData:
			if name, told := ofGuest(d.State); e.Subject == r.member && told {
				to(e.At, name)
			}
		}
	}
	to(o.To, "")
	return all
}

// batch is the go of a script that restarted the member; empty for none.
func (r *shares) batch() string {
	for _, e := range r.log.Events() {
		if d, ok := e.Data.(sim.ActionData); ok && e.Subject == r.member && d.Why == "scripted-restart" {
			if task, ok := r.log.Event(e.Cause).Data.(sim.TaskData); ok {
				return task.On
			}
		}
	}
	return ""
}

// ofTask names the time that begins when a task of the member gets somewhere.
func ofTask(task string, d sim.TaskData) (name string, told bool) {
	switch {
	case d.State == sim.TaskWaiting:
		return waitingFor(d.For), true
	case d.State == sim.TaskBegun && task == "repair":
		return ShareRepair, true
	case d.State == sim.TaskBegun && (task == "power-cycle" || task == "scripted-restart"):
		return ShareTouch, true
	}
	return "", false
}

// waitingFor sorts what a task may lack.
func waitingFor(lack string) string {
	switch {
	case lack == "a person":
		return SharePerson
	case strings.HasSuffix(lack, sim.Needed):
		return ShareNeeds
	}
	return ShareTool
}

// ofGuest names the time that begins with a state of the member's machine.
func ofGuest(s sim.GuestState) (name string, told bool) {
	switch s {
	case sim.GuestBooting:
		return ShareBoot, true
	case sim.GuestBroken:
		return SharePerson, true
	}
	return "", false
}

// boots are the times in which nodes were on their way into service: "core1 and core2 rebooting"; of those only that were back
// before the outage was over, where a repair ended it.
func (r *shares) boots(o sim.Outage, repaired bool) []stretch {
	var all []stretch
	down := map[string]bool{}
	var now stretch
	back := r.backBy(o.To)
	for _, e := range r.log.Events() {
		d, ok := e.Data.(sim.StageData)
		if !ok || e.At > o.To || repaired && !back[e.Subject] {
			continue
		}
		if d.Stage == "forwarding" {
			delete(down, e.Subject)
		} else {
			down[e.Subject] = true
		}
		now.to = e.At
		all = append(all, now)
		now = stretch{from: e.At, name: bootName(down)}
	}
	now.to = o.To
	return slices.DeleteFunc(append(all, now), func(s stretch) bool { return s.name == "" || s.to <= o.From })
}

// backBy are the nodes that boot and are in service by then.
func (r *shares) backBy(at time.Duration) map[string]bool {
	back := map[string]bool{}
	for _, e := range r.log.Events() {
		if d, ok := e.Data.(sim.StageData); ok && e.At <= at {
			back[e.Subject] = d.Stage == "forwarding"
		}
	}
	return back
}

func bootName(down map[string]bool) string {
	names := slices.Sorted(maps.Keys(down))
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " rebooting"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " rebooting"
}

// repairs are what people do that can end an outage, and what it is called that they do it to.
var repairs = map[string]string{
	"replace optic": "optic", "reseat optic": "optic", "plug in": "cable", "clear err-disable": "port", "open port": "port",
	"add VLAN": "VLAN", "roll back": "change",
}

// mending is how far the repair had come that ended an outage: the last that people did to the network before the member came
// back, or before it was its turn.
func (r *shares) mending(o sim.Outage, own []stretch) []stretch {
	until := o.To
	if len(own) > 0 {
		until = own[0].from
	}
	fix := r.fix(o.From, until)
	if fix.Seq == 0 {
		return nil
	}
	port, link := fix.Subject, r.linkOf(fix)
	what := repairs[fix.Data.(sim.ActionData).Do]
	marks := []stretch{{from: o.From, name: ShareUnseen}}
	for _, e := range r.log.Events() {
		if e.At > fix.At {
			break
		}
		switch d := e.Data.(type) {
		case sim.TaskData:
			switch {
			case d.State != sim.TaskBegun:
			case looksFor(e.Subject) && d.On == link:
				marks = append(marks, stretch{from: e.At, name: ShareFinding})
			case e.Seq == fix.Cause && what != "optic": // an optic's begins with the part
				marks = append(marks, stretch{from: e.At, name: ShareMending})
			}
		case sim.PartData:
			if name := ofPart(d.State); name != "" && d.For == port {
				marks = append(marks, stretch{from: e.At, name: name})
			}
		}
	}
	for i := range marks {
		marks[i].name = what + ": " + marks[i].name
		if marks[i].to = fix.At; i+1 < len(marks) {
			marks[i].to = marks[i+1].from
		}
	}
	return marks
}

// ofPart names the time that begins when a part gets somewhere.
func ofPart(s sim.PartState) string {
	switch s {
	case sim.PartOrdered:
		return ShareWaiting
	case sim.PartArrived, sim.PartTaken:
		return ShareFitting
	}
	return ""
}

// fix is the last repair in some time; the zero Event when there was none.
func (r *shares) fix(from, until time.Duration) sim.Event {
	events := r.log.Events()
	for i := len(events) - 1; i >= 0; i-- {
		if d, ok := events[i].Data.(sim.ActionData); ok && repairs[d.Do] != "" && from <= events[i].At && events[i].At <= until {
			return events[i]
		}
	}
	return sim.Event{}
}

// linkOf is the link that was diagnosed before somebody mended it.
func (r *shares) linkOf(e sim.Event) string {
	for e.Seq != 0 {
		if d, ok := e.Data.(sim.TaskData); ok && looksFor(e.Subject) {
			return d.On
		}
		e = r.log.Event(e.Cause)
	}
	return ""
}

// looksFor says whether a task is one by which people find out what is wrong with a link, or with trunks.
func looksFor(task string) bool { return task == "diagnose-part" || task == "compare-vlans" }

// verified is when somebody had looked at the member and found it well; 0 when nobody did.
func (r *shares) verified() time.Duration {
	at := time.Duration(0)
	for _, e := range r.log.Events() {
		if d, ok := e.Data.(sim.TaskData); ok && d.On == r.member && d.State == sim.TaskEnded && (e.Subject == "verify" || e.Subject == "test") {
			at = e.At
		}
	}
	return at
}

// shares adds ShareData events for every workload with outages: where the time of its worst member went, in order of
// time, and for each share the smallest sets of entries without which there would be none.
func (b *blame) shares(log *sim.Log) error {
	h := sim.HistoryOf(log)
	for _, u := range log.Header().Uses {
		if len(h.Outages(u.ID)) == 0 {
			continue
		}
		member := worstOf(h, u)
		for _, s := range SharesOf(log, member) {
			without, err := b.without(s.Name, member)
			if err != nil {
				return err
			}
			log.Add(0, u.ID, sim.ShareData{Member: member, Name: s.Name, Length: sim.Seconds(s.Length), After: s.After, Without: without})
		}
	}
	return nil
}

// without finds the smallest sets of entries without which a share of a member is gone.
func (b *blame) without(name, member string) ([][]string, error) {
	var ids []string
	for _, e := range b.sc.Timeline {
		ids = append(ids, e.ID)
	}
	var minimal [][]string
	for size := 1; size <= min(mostBlamed, len(ids)); size++ {
		for _, set := range subsets(ids, size) {
			if containsAny(minimal, set) || len(b.played) >= mostReplays {
				continue
			}
			p, err := b.play(set)
			if err != nil {
				return nil, err
			}
			if !p.has(member, name) {
				minimal = append(minimal, set)
			}
		}
	}
	return minimal, nil
}

// has says whether a member has a share of some name.
func (p *played) has(member, name string) bool {
	if p.shares[member] == nil {
		p.shares[member] = map[string]bool{}
		for _, s := range SharesOf(p.log, member) {
			p.shares[member][s.Name] = true
		}
	}
	return p.shares[member][name]
}
