package report

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Workload is what a workload's users went through.
type Workload struct {
	ID        string      `json:"id"`
	Kind      string      `json:"kind"`
	Members   int         `json:"members"`
	Tier      int         `json:"tier,omitempty"`
	Tolerates sim.Seconds `json:"tolerates"`
	Inferred  bool        `json:"inferred,omitempty"`
	// Survived is nil when nobody asked whether it must.
	Survived *bool `json:"survived,omitempty"`
	// Wanted is what it had to survive, in the words of the check.
	Wanted string `json:"wanted,omitempty"`
	// Found is what was found of that.
	Found string `json:"-"`
	// Hit counts the members that were gone at least once.
	Hit     int `json:"hit"`
	Outages int `json:"outages"`
	// Longest is the longest outage of any member, nil when there was none.
	Longest *Outage     `json:"longest,omitempty"`
	Total   sim.Seconds `json:"total,omitempty"` // of the member that was gone the longest in all
	// Predicted is the model's hull over all members, nil when it was not asked.
	Predicted *Bounds `json:"predicted,omitempty"`
	// Blame has the smallest sets of entries without each of which there would have been no such outage, or a shorter one.
	Blame      [][]string `json:"blame,omitempty"`
	Reconnects int        `json:"reconnects,omitempty"`
	Asked      uint64     `json:"asked,omitempty"`
	Answered   uint64     `json:"answered,omitempty"`
	P50        float64    `json:"p50_ms,omitempty"`
	P99        float64    `json:"p99_ms,omitempty"`
	// Figures are those that only its kind has, of all members together.
	Figures []sim.Figure `json:"figures,omitempty"`
}

// Outage is one stretch of time in which a member was not served.
type Outage struct {
	Member     string      `json:"member"`
	From       sim.Seconds `json:"from"`
	To         sim.Seconds `json:"to"`
	Open       bool        `json:"open,omitempty"` // not back when the run ended
	Resolution sim.Seconds `json:"resolution,omitempty"`
	Entry      string      `json:"entry,omitempty"`
	Why        string      `json:"why,omitempty"`
	Evidence   []int       `json:"evidence"`
}

// Lasted is how long.
func (o *Outage) Lasted() time.Duration { return time.Duration(o.To - o.From) }

// Bounds are what the model says of a workload's longest outage.
type Bounds struct {
	Least sim.Seconds `json:"least"`
	Most  sim.Seconds `json:"most"`
	// ForGood: an outage that never ends is possible.
	ForGood bool `json:"for_good,omitempty"`
}

// readWorkloads takes what became of every workload from a log.
func readWorkloads(log *sim.Log) []Workload {
	all := make([]Workload, 0, len(log.Header().Uses))
	history := sim.HistoryOf(log)
	byID, byMember := map[string]*Workload{}, map[string]*Workload{}
	for _, u := range log.Header().Uses {
		all = append(all, Workload{
			ID: u.ID, Kind: u.Kind, Members: u.Members, Tier: u.Tier, Tolerates: u.Tolerates, Inferred: u.Inferred,
		})
	}
	for i, u := range log.Header().Uses {
		w := &all[i]
		w.outages(log, history)
		byID[w.ID] = w
		for _, m := range u.Subjects() {
			byMember[m] = w
		}
	}
	for _, e := range log.Events() {
		if w := byMember[e.Subject]; w != nil {
			w.figures(e)
		}
		w, ok := byID[e.Subject]
		if d, blame := e.Data.(sim.BlameData); ok && blame {
			w.Blame = append(w.Blame, d.Entries)
		}
		if d, verdict := e.Data.(sim.VerdictData); verdict && d.Part == "survive" && byID[d.Workload] != nil {
			byID[d.Workload].judged(d)
		}
	}
	return all
}

// outages counts how often and how long the members were gone.
func (w *Workload) outages(log *sim.Log, h *sim.History) {
	if !h.Steady() {
		return
	}
	for _, m := range h.Members(w.ID) {
		if n := len(h.OutagesOf(m)); n > 0 {
			w.Hit++
			w.Outages += n
		}
		total, _ := h.Total(m)
		w.Total = max(w.Total, sim.Seconds(total))
	}
	longest, some := h.Longest(w.ID)
	if !some {
		return
	}
	w.Longest = &Outage{
		Member: longest.Member, From: sim.Seconds(longest.From), To: sim.Seconds(longest.To), Open: longest.Open,
		Resolution: sim.Seconds(longest.Resolution), Evidence: []int{longest.Down},
	}
	if longest.Up != 0 {
		w.Longest.Evidence = append(w.Longest.Evidence, longest.Up)
	}
	w.Longest.Entry, w.Longest.Why = cause(log, longest)
}

// impaired says that it was never gone, and has not survived all the same.
func (w *Workload) impaired() bool { return w.Longest == nil && w.Survived != nil && !*w.Survived }

// Suffers is what an impaired workload suffers, in the words of its check.
func (w *Workload) Suffers() string { return w.Found + "; it tolerates " + w.Wanted }

// judged writes down the survival verdict; one that is inconclusive stays open.
func (w *Workload) judged(d sim.VerdictData) {
	w.Wanted, w.Found = d.Want, d.Got
	if d.Outcome == sim.Inconclusive {
		return
	}
	survived := d.Outcome == sim.Passed
	w.Survived = &survived
}

// figures takes the numbers that a member adds.
func (w *Workload) figures(e sim.Event) {
	switch d := e.Data.(type) {
	case sim.ReconnectData:
		w.Reconnects++
	case sim.StatsData:
		w.Asked += d.Asked
		w.Answered += d.Answered
		w.P50 = max(w.P50, milliseconds(d.P50))
		w.P99 = max(w.P99, milliseconds(d.P99))
		w.fold(d.Figures)
	case sim.BoundsData:
		w.predict(d)
	}
}

func (w *Workload) predict(d sim.BoundsData) {
	if w.Predicted == nil {
		w.Predicted = &Bounds{}
	}
	if never := (Bounds{ForGood: true}); *w.Predicted == never || d.ForGood && d.Most == 0 {
		*w.Predicted = never // no member can be gone for longer
		return
	}
	w.Predicted.Least = max(w.Predicted.Least, d.Least)
	w.Predicted.Most = max(w.Predicted.Most, d.Most)
	w.Predicted.ForGood = w.Predicted.ForGood || d.ForGood
}

func milliseconds(s sim.Seconds) float64 { return float64(s) / float64(time.Millisecond) }

// cause says which entry an outage goes back to, and in words what it did: "reboot core (entry paste)".
func cause(log *sim.Log, o sim.Outage) (entry, why string) {
	fault := log.Event(o.Fault)
	d, known := fault.Data.(sim.FaultData)
	if !known {
		return "", ""
	}
	why = d.Text
	if fault.Subject != d.Fault {
		why += " (" + fault.Subject + ")"
	}
	if d.By != "" {
		why += ", by " + d.By
	}
	return fault.Subject, why
}
