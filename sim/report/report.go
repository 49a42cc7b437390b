package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Schema is the version of the json format: it changes when an old reader would misread a new report.
const Schema = "dcdrill/report/v1"

// Report is what a log says, ready to be written in any format. Times are seconds of scenario time in JSON.
type Report struct {
	Schema   string `json:"schema"`
	Program  string `json:"program,omitempty"`
	World    string `json:"world"`
	Scenario string `json:"scenario"`
	Story    string `json:"story,omitempty"`
	Plant    string `json:"plant,omitempty"`
	Start    string `json:"start,omitempty"`
	Seed     uint64 `json:"seed"`
	RealTime bool   `json:"real_time,omitempty"`
	// Question: there are no expectations, survival decides.
	Question bool `json:"question"`
	// Finding is "as asked", "not as asked", "inconclusive" or "interrupted".
	Finding    Finding    `json:"finding"`
	Survived   Tally      `json:"survived"`
	AsExpected Tally      `json:"as_expected"`
	Doubts     []string   `json:"doubts,omitempty"`
	Workloads  []Workload `json:"workloads"`
	Verdicts   []Verdict  `json:"verdicts"`
	Moments    []Told     `json:"moments"`
	Skews      []Skew     `json:"skews,omitempty"`
	Jumps      []Jump     `json:"jumps,omitempty"`
	// Ended is the scenario time when the run ended, and EndReason why.
	Ended     sim.Seconds            `json:"ended"`
	Steady    bool                   `json:"steady"` // every workload was served before the first fault
	EndReason string                 `json:"end_reason"`
	Real      map[string]sim.Seconds `json:"real,omitempty"`
	// Disagreements are members whose measurement left the model's prediction for longer than any law allows.
	Disagreements []string `json:"disagreements,omitempty"`
	Notes         []string `json:"notes,omitempty"`
	Emulated      []string `json:"emulated,omitempty"`
}

// Finding is what the run comes to.
type Finding string

// Each finding has an exit code of its own: 0, 1, 4 and 130.
const (
	AsAsked      Finding = "as asked"
	NotAsAsked   Finding = "not as asked"
	Inconclusive Finding = "inconclusive"
	Interrupted  Finding = "interrupted"
)

// Tally counts one of the two answers.
type Tally struct {
	Held, Of int
	Unknown  int
}

// String says the answer: "SURVIVED 2 of 8 workloads".
func (t Tally) String(word, of string) string {
	if of != "" {
		of = " " + of + word2s(t.Of)
	}
	s := fmt.Sprintf("%s %d of %d%s", word, t.Held, t.Of, of)
	if t.Unknown > 0 {
		s += fmt.Sprintf(" (%d not known)", t.Unknown)
	}
	return s
}

func word2s(n int) string { return word(n == 1, "", "s") }

// Told is a line of the story with its time.
type Told struct {
	At sim.Seconds `json:"t"`
	Moment
}

// Verdict is a check's finding.
type Verdict struct {
	ID string `json:"id"`
	sim.VerdictData
}

// Skew is how near to one instant a group fault was, and whose.
type Skew struct {
	At    sim.Seconds `json:"t"`
	Entry string      `json:"entry,omitempty"`
	sim.SkewData
}

// Jump is a piece of scenario time that took no real time.
type Jump struct {
	sim.JumpData
}

// Read takes all that a report says from a log. A log cut short gives a report of an interrupted run.
func Read(log *sim.Log) *Report {
	h := log.Header()
	r := &Report{
		Schema: Schema, Program: h.Program, World: h.World, Scenario: h.Scenario, Story: h.Story, Plant: h.Plant,
		Start: h.Start, Seed: h.Seed, RealTime: h.RealTime, Question: h.Question, Notes: h.Notes,
		EndReason: "interrupted",
	}
	r.readCapabilities(h)
	r.Workloads = readWorkloads(log)
	story := Story{Tell: func(m Moment) { r.Moments = append(r.Moments, Told{sim.Seconds(m.At), m}) }}
	for _, e := range log.Events() {
		story.Feed(e)
		r.read(log, e)
	}
	story.End()
	r.find()
	return r
}

func (r *Report) readCapabilities(h sim.HeaderData) {
	for _, c := range h.Capabilities {
		if c.Status == sim.Emulated {
			r.Emulated = append(r.Emulated, c.Name)
		}
	}
}

// read takes what one event adds.
func (r *Report) read(log *sim.Log, e sim.Event) {
	r.Ended = sim.Seconds(e.At)
	if text := trouble(e); text != "" && !slices.Contains(r.Doubts, text) {
		r.Doubts = append(r.Doubts, text)
	}
	switch d := e.Data.(type) {
	case sim.SteadyData:
		r.steady(d)
	case sim.SkewData:
		r.Skews = append(r.Skews, Skew{sim.Seconds(e.At), log.Fault(e.Cause).Subject, d})
	case sim.JumpData:
		r.Jumps = append(r.Jumps, Jump{d})
	case sim.DisagreeData:
		r.Disagreements = append(r.Disagreements, fmt.Sprintf("%s at %s: the model says %s, measured %s",
			e.Subject, Clock(e.At), d.Predicted, d.Measured))
	case sim.VerdictData:
		r.verdict(e.Subject, d)
	case sim.EndData:
		r.EndReason, r.Real = d.Reason, d.Real
	}
}

func (r *Report) steady(d sim.SteadyData) {
	switch {
	case d.Members == 0:
		r.Doubts = append(r.Doubts, "there is no workload to watch")
	case len(d.Unserved) == 0:
		r.Steady = true
	default:
		r.Doubts = append(r.Doubts, "before the first fault these were not served: "+Few(d.Unserved, 2*few))
	}
}

func (r *Report) verdict(id string, d sim.VerdictData) {
	r.Verdicts = append(r.Verdicts, Verdict{id, d})
	t := &r.Survived
	if d.Part == "expect" {
		t = &r.AsExpected
	}
	t.Of++
	switch d.Outcome {
	case sim.Passed:
		t.Held++
	case sim.Inconclusive:
		t.Unknown++
	}
}

// find draws the conclusion. Doubt outweighs every verdict: no vacuous green, and no red from a run that proves nothing.
func (r *Report) find() {
	decides := r.AsExpected
	if r.Question {
		decides = r.Survived
	}
	if decides.Of == 0 && r.whole() {
		r.Doubts = append(r.Doubts, "there was nothing to check")
	}
	switch {
	case r.EndReason == "interrupted":
		r.Finding = Interrupted
	case !r.whole() || len(r.Doubts) > 0:
		r.Finding = Inconclusive
	case decides.Held+decides.Unknown < decides.Of:
		r.Finding = NotAsAsked
	case decides.Unknown > 0:
		r.Finding = Inconclusive
	default:
		r.Finding = AsAsked
	}
}

// telling says whether the verdicts tell anything: those of a run that was cut short speak of a part of it, and without
// a steady state there are none.
func (r *Report) telling() bool { return r.whole() && r.Steady }

// whole says whether the run went to its end.
func (r *Report) whole() bool { return r.EndReason == "played" || r.EndReason == "horizon" }

// lasted is the scenario time that was played.
func (r *Report) lasted() time.Duration { return time.Duration(r.Ended) }
