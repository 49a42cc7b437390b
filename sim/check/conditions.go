package check

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Conditions is what can be asked of a workload over a whole run. Every member must fulfil all of them.
type Conditions struct {
	Outage     Time   `yaml:"outage" doc:"the longest outage of a member"`
	Total      Time   `yaml:"total" doc:"the sum of a member's outages"`
	Outages    Count  `yaml:"outages" doc:"how many outages a member has"`
	Reconnects Count  `yaml:"reconnects" doc:"how often a member's connection was lost and made anew"`
	Loss       Share  `yaml:"loss" doc:"requests without an answer, over sampled time"`
	P99        Time   `yaml:"p99" doc:"the 99th percentile of the latency, over sampled time"`
	CausedBy   string `yaml:"caused_by" doc:"the timeline entry, or the person in its by, that every outage goes back to"`
}

// asked says whether there is any condition at all.
func (c *Conditions) asked() bool {
	return c.CausedBy != "" || len(c.list()) > 0
}

// condition is one limit with where its value comes from.
type condition struct {
	limit limit
	name  string
	of    func(*run, string) finding
}

func (c *Conditions) list() []condition {
	all := []condition{
		{c.Outage.limit, "longest outage", longest}, {c.Total.limit, "total outage", total},
		{c.Outages.limit, "outages", count}, {c.Reconnects.limit, "reconnects", reconnects},
		{c.Loss.limit, "loss", loss}, {c.P99.limit, "p99 latency", p99},
	}
	var asked []condition
	for _, x := range all {
		if x.limit.asked() {
			asked = append(asked, x)
		}
	}
	return asked
}

// finding is a value, how people read it, and the events it rests on. Missing says what the log lacks, if it does.
type finding struct {
	value    value
	text     string
	evidence []int
	missing  string
}

// judge holds all members of a workload against all conditions.
func (c *Conditions) judge(log *sim.Log, workload string) sim.Judgement {
	r := &run{log: log, History: sim.HistoryOf(log)}
	members := r.Members(workload)
	if !r.Steady() || len(members) == 0 {
		return sim.Judgement{Outcome: sim.Inconclusive, Want: c.want(), Got: "the log has no steady state of " + workload}
	}
	all := sim.Judgement{Outcome: sim.Passed, Want: c.want()}
	for _, x := range c.list() {
		join(&all, x.judge(r, members))
	}
	if c.CausedBy != "" {
		join(&all, causedBy(r, workload, c.CausedBy))
	}
	return all
}

func (c *Conditions) want() string {
	var want []string
	for _, x := range c.list() {
		want = append(want, x.name+" "+x.limit.text)
	}
	if c.CausedBy != "" {
		want = append(want, "caused by "+c.CausedBy)
	}
	return strings.Join(want, ", ")
}

// judge tells of the member that fares worst: one that fails, else one that is not sure, else the one with most.
func (x condition) judge(r *run, members []string) sim.Judgement {
	var worst sim.Judgement
	var most finding
	for i, m := range members {
		f := x.of(r, m)
		outcome := sim.Inconclusive
		if f.missing == "" {
			outcome = x.limit.judge(f.value)
		}
		if i == 0 || worse(outcome, worst.Outcome) || outcome == worst.Outcome && f.value.most > most.value.most {
			most = f
			worst = sim.Judgement{Outcome: outcome, Got: f.says(m, len(members)), Evidence: f.evidence}
		}
	}
	return worst
}

func (f finding) says(member string, of int) string {
	text := f.text
	if f.missing != "" {
		text = f.missing
	}
	if of > 1 {
		return member + ": " + text
	}
	return text
}

// worse orders outcomes: failed, inconclusive, passed.
func worse(a, b sim.Outcome) bool {
	rank := map[sim.Outcome]int{sim.Failed: 0, sim.Inconclusive: 1, sim.Passed: 2}
	return rank[a] < rank[b]
}

// join adds one judgement to all: the worst outcome counts.
func join(all *sim.Judgement, one sim.Judgement) {
	if worse(one.Outcome, all.Outcome) {
		all.Outcome = one.Outcome
	}
	if all.Got != "" {
		all.Got += ", "
	}
	all.Got += one.Got
	for _, seq := range one.Evidence {
		if !contains(all.Evidence, seq) {
			all.Evidence = append(all.Evidence, seq)
		}
	}
}

func contains(all []int, x int) bool {
	for _, y := range all {
		if x == y {
			return true
		}
	}
	return false
}

// run is a log being judged.
type run struct {
	*sim.History
	log *sim.Log
	// chances are the events that say what the model says of chance, by member; nil until somebody asks.
	chances map[string]int
}

// unbounded is the most that a value can be which could still have grown when the log ended. A run that played to its
// end, or to the end that its scenario names, has seen all there is.
func (r *run) unbounded(v float64) float64 {
	if _, why := r.End(); why == "played" || why == "horizon" {
		return v
	}
	return math.Inf(1)
}

// length is how long an outage lasts. An open one lasts for ever when nothing could happen any more, and at least as
// long as it was seen when the log ended before.
func (r *run) length(o sim.Outage) value {
	v := about(float64(o.Length()), float64(o.Resolution))
	if o.Open {
		v.most = math.Inf(1)
		if _, why := r.End(); why == "played" {
			v.least = math.Inf(1)
		}
	}
	return v
}

// open is how long a member may have been gone by chance, and why nobody knows better; zero where all is known.
func (r *run) open(member string) (most float64, why string) {
	d, seq, _ := r.odds(member)
	switch {
	case seq == 0:
		return 0, ""
	case d.Lawless != "":
		return math.Inf(1), d.Lawless
	}
	return float64(d.Longest), "chance decides"
}

func longest(r *run, member string) finding {
	f := finding{text: "no outage", value: value{0, r.unbounded(0)}}
	if most, why := r.open(member); most > 0 {
		f.text, f.value.most = fmt.Sprintf("%s: at most %s at a time", why, round(time.Duration(most))), r.unbounded(most)
		if math.IsInf(most, 1) {
			f.text = "not known: " + why
		}
	}
	for i, o := range r.OutagesOf(member) {
		v := r.length(o)
		if i == 0 || v.most > f.value.most || v.most == f.value.most && v.least > f.value.least {
			f = finding{value: value{v.least, r.unbounded(v.most)}, text: r.tell(o), evidence: events(o)}
		}
	}
	return f
}

// tell says how long an outage was, when, and whose fault.
func (r *run) tell(o sim.Outage) string {
	text := fmt.Sprintf("%s (from %s", round(o.Length()), round(o.From))
	if o.Open {
		text = fmt.Sprintf("not over after %s (from %s", round(o.Length()), round(o.From))
	}
	if o.Fault != 0 {
		text += ", " + r.log.Event(o.Fault).Subject
	}
	return text + ")"
}

// round leaves off what nobody reads: microseconds and less.
func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

func events(all ...sim.Outage) []int {
	var seqs []int
	for _, o := range all {
		seqs = append(seqs, o.Down)
		if o.Up != 0 {
			seqs = append(seqs, o.Up)
		}
	}
	return seqs
}

func total(r *run, member string) finding {
	all := r.OutagesOf(member)
	var sum value
	for _, o := range all {
		v := r.length(o)
		sum.least += v.least
		sum.most += v.most
	}
	sum.most = r.unbounded(sum.most)
	d, _ := r.Total(member)
	text := round(d).String() + " in all"
	if len(all) > 0 && all[len(all)-1].Open {
		text += ", and not over"
	}
	return finding{value: sum, text: text, evidence: events(all...)}
}

func count(r *run, member string) finding {
	all := r.OutagesOf(member)
	n := float64(len(all))
	return finding{value: value{n, r.unbounded(n)}, text: plural(len(all), "outage"), evidence: events(all...)}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func reconnects(r *run, member string) finding {
	var f finding
	for _, e := range r.log.Events() {
		if _, ok := e.Data.(sim.ReconnectData); ok && e.Subject == member {
			f.evidence = append(f.evidence, e.Seq)
		}
	}
	n := len(f.evidence)
	f.value, f.text = value{float64(n), r.unbounded(float64(n))}, plural(n, "reconnect")
	return f
}

// stats finds a member's figures.
func (r *run) stats(member string) (s sim.StatsData, seq int) {
	for _, e := range r.log.Events() {
		if d, ok := e.Data.(sim.StatsData); ok && e.Subject == member {
			s, seq = d, e.Seq
		}
	}
	return s, seq
}

// odds finds what the model says of chance; known only where it says anything that can be held against a limit.
func (r *run) odds(member string) (d sim.OddsData, seq int, known bool) {
	if r.chances == nil {
		r.chances = map[string]int{}
		for _, e := range r.log.Events() {
			if _, ok := e.Data.(sim.OddsData); ok {
				r.chances[e.Subject] = e.Seq
			}
		}
	}
	seq = r.chances[member]
	d, _ = r.log.Event(seq).Data.(sim.OddsData)
	return d, seq, seq != 0 && d.Lawless == "" && len(r.OutagesOf(member)) == 0
}

func loss(r *run, member string) finding {
	s, seq := r.stats(member)
	if s.Asked == 0 {
		if r.log.Header().World != "model" {
			return finding{missing: "the log counts no requests"}
		}
		return predictedLoss(r, member)
	}
	share := 1 - float64(s.Answered)/float64(s.Asked)
	return finding{
		value: value{share, share}, text: strconv.FormatFloat(share*100, 'f', 2, 64) + "% lost", evidence: []int{seq},
	}
}

// predictedLoss is what the model says: of requests it counts those that chance takes. Whatever is lost in outages comes on
// top of that.
func predictedLoss(r *run, member string) finding {
	d, seq, _ := r.odds(member)
	if d.Lawless != "" {
		return finding{missing: "not known: " + d.Lawless}
	}
	f := finding{}
	if seq != 0 {
		f.value.least, f.value.most = d.LossOf(d.Requests)
		f.evidence = []int{seq}
	}
	if outages := r.OutagesOf(member); len(outages) > 0 {
		f.value.most = 1
		f.evidence = append(f.evidence, events(outages...)...)
	}
	f.text = fmt.Sprintf("%.2f%% to %.2f%% lost", 100*f.value.least, 100*f.value.most)
	f.value.most = math.Min(1, r.unbounded(f.value.most))
	return f
}

func p99(r *run, member string) finding {
	s, seq := r.stats(member)
	if s.Answered == 0 || s.P99 == 0 {
		d, seq, known := r.odds(member)
		if !known {
			return finding{missing: "the log has no latencies"}
		}
		return finding{value: value{float64(d.P99[0]), float64(d.P99[1])}, text: "p99 " + d.P99[0].String() + " to " + d.P99[1].String(), evidence: []int{seq}}
	}
	return finding{value: value{float64(s.P99), float64(s.P99)}, text: "p99 " + s.P99.String(), evidence: []int{seq}}
}

// causedBy wants every outage of a workload to go back to one entry, or to entries of one person.
func causedBy(r *run, workload, who string) sim.Judgement {
	all := r.Outages(workload)
	j := sim.Judgement{Outcome: sim.Passed, Got: "all by " + who, Evidence: events(all...)}
	if len(all) == 0 {
		return sim.Judgement{Outcome: sim.Failed, Got: "no outage"}
	}
	for _, o := range all {
		fault := r.log.Event(o.Fault)
		d, known := fault.Data.(sim.FaultData)
		switch {
		case !known && j.Outcome == sim.Passed:
			j.Outcome, j.Got = sim.Inconclusive, "the log does not say what caused "+r.tell(o)
		case known && fault.Subject != who && d.By != who:
			return sim.Judgement{Outcome: sim.Failed, Got: r.tell(o), Evidence: append(events(o), o.Fault)}
		}
	}
	return j
}
