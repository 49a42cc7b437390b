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
	Question   bool       `json:"question"`
	Finding    Finding    `json:"finding"`
	ExitCode   int        `json:"exit_code"`
	Survived   Tally      `json:"survived"`
	AsExpected Tally      `json:"as_expected"`
	Doubts     []string   `json:"doubts,omitempty"`
	Workloads  []Workload `json:"workloads"`
	Verdicts   []Verdict  `json:"verdicts"`
	Entries    int        `json:"entries"` // of the timeline
	Machines   []Machine  `json:"machines,omitempty"`
	Moments    []Told     `json:"moments"`
	// Recovery is what people did, nil when nobody came; Shares are where the time of workloads went.
	Recovery *Recovery `json:"recovery,omitempty"`
	Shares   []Cause   `json:"shares,omitempty"`
	Skews    []Skew    `json:"skews,omitempty"`
	Jumps    []Jump    `json:"jumps,omitempty"`
	// Ended is the scenario time when the run ended, and EndReason why.
	Ended     sim.Seconds            `json:"ended"`
	Steady    bool                   `json:"steady"` // every workload was served before the first fault
	EndReason string                 `json:"end_reason"`
	Real      map[string]sim.Seconds `json:"real,omitempty"`
	Notes     []string               `json:"notes,omitempty"`
	Emulated  []string               `json:"emulated,omitempty"`

	log *sim.Log // what it was read from
}

// Log is what the report was read from.
func (r *Report) Log() *sim.Log { return r.log }

// Finding is what the run comes to, in words.
type Finding string

// Each finding goes with an exit code.
const (
	AsAsked      Finding = "as asked"     // 0
	NotAsAsked   Finding = "not as asked" // 1
	Inconclusive Finding = "inconclusive" // 4
	Interrupted  Finding = "interrupted"  // 130
)

var findings = map[int]Finding{
	sim.ExitAsAsked: AsAsked, sim.ExitNotAsAsked: NotAsAsked, sim.ExitInconclusive: Inconclusive, sim.ExitInterrupted: Interrupted,
}

// Tally counts one of the two answers.
type Tally struct {
	Held    int `json:"held"`
	Of      int `json:"of"`
	Unknown int `json:"unknown"`
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
	h, result := log.Header(), sim.ResultOf(log)
	r := &Report{
		Schema: Schema, Program: h.Program, World: h.World, Scenario: h.Scenario, Story: h.Story, Plant: h.Plant,
		Start: h.Start, Seed: h.Seed, RealTime: h.RealTime, Question: h.Question, Notes: h.Notes,
		Entries: len(h.Entries), log: log, EndReason: result.Reason, ExitCode: result.ExitCode(), Finding: findings[result.ExitCode()],
		Survived:   Tally{Held: result.Survived, Of: result.Of, Unknown: result.NotKnown},
		AsExpected: Tally{Held: result.AsExpected, Of: result.Expectations, Unknown: result.Undecided},
	}
	r.Doubts = doubts(log, result)
	r.readHeader(h)
	r.Workloads = readWorkloads(log)
	r.Recovery, r.Shares = readRecovery(log), readCauses(log)
	r.Machines = readMachines(log)
	story := Story{Tell: func(m Moment) { r.Moments = append(r.Moments, Told{sim.Seconds(m.At), m}) }}
	for _, e := range log.Events() {
		story.Feed(e)
		r.read(log, e)
	}
	story.End()
	return r
}

// doubts lists what keeps the run from proving anything, each once. A starved machine is told once for all members.
func doubts(log *sim.Log, result sim.Result) []string {
	starved, latest, each := map[string]bool{}, time.Duration(0), map[string]bool{}
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.StarvedData); ok {
			starved[e.Subject] = true
			latest = max(latest, time.Duration(d.Late))
			each[sim.DoubtOf(e)] = true
		}
	}
	var all []string
	if n := len(starved); n > 0 {
		all = append(all, fmt.Sprintf("this machine was too busy to measure: %s sent late, by up to %s", Plural(n, "conversation"), Duration(latest)))
	}
	for _, d := range result.Doubts {
		if !each[d] && !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	return all
}

// readHeader takes what the first event says of the world and of what was left open.
func (r *Report) readHeader(h sim.HeaderData) {
	for _, c := range h.Capabilities {
		if c.Status == sim.Emulated {
			r.Emulated = append(r.Emulated, c.Name)
		}
	}
	inferred := 0
	for _, u := range h.Uses {
		if u.Inferred {
			inferred++
		}
	}
	if inferred > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("the plant has no workloads: %s stand in for them", Plural(inferred, "inferred one")))
	}
}

// read takes what one event adds.
func (r *Report) read(log *sim.Log, e sim.Event) {
	r.Ended = sim.Seconds(e.At)
	switch d := e.Data.(type) {
	case sim.SteadyData:
		r.Steady = d.Members > 0 && len(d.Unserved) == 0
	case sim.SkewData:
		r.Skews = append(r.Skews, Skew{sim.Seconds(e.At), log.Fault(e.Cause).Subject, d})
	case sim.JumpData:
		r.Jumps = append(r.Jumps, Jump{d})
	case sim.VerdictData:
		r.Verdicts = append(r.Verdicts, Verdict{e.Subject, d})
	case sim.IdleData:
		r.Notes = append(r.Notes, e.Subject+": "+d.Why)
	case sim.EndData:
		r.Real = d.Real
	}
}

// telling says whether the verdicts tell anything: those of a run that was cut short speak of a part of it, and without
// a steady state there are none.
func (r *Report) telling() bool { return r.whole() && r.Steady }

// whole says whether the run went to its end.
func (r *Report) whole() bool { return r.EndReason == "played" || r.EndReason == "horizon" }

// lasted is the scenario time that was played.
func (r *Report) lasted() time.Duration { return time.Duration(r.Ended) }
