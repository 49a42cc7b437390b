package finding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/dcdrill/dcdrill/topology"
)

// Schema names the JSON form of a report. Fields are added under the same name; anything else gets a new one.
const Schema = "dcdrill/findings/v1"

func init() {
	register("json", "for programs, with schema "+Schema, writeJSON)
}

type reportJSON struct {
	Schema   string       `json:"schema"`
	Program  string       `json:"program,omitempty"`
	Command  string       `json:"command"`
	File     string       `json:"file"`
	Plant    string       `json:"plant"`
	Base     string       `json:"base,omitempty"`
	Asked    string       `json:"asked"`
	Holds    bool         `json:"holds"`
	FailOn   FailOn       `json:"fail_on"`
	Findings []judgedJSON `json:"findings"`
	Gone     []judgedJSON `json:"gone,omitempty"`
	Notes    []string     `json:"notes,omitempty"`
}

// judgedJSON is a finding, and whether it fails a check.
type judgedJSON struct {
	findingJSON
	Fails bool `json:"fails"`
}

type findingJSON struct {
	Rule        string      `json:"rule"`
	Severity    Severity    `json:"severity"`
	Fingerprint string      `json:"fingerprint"`
	Change      Change      `json:"change,omitempty"`
	Message     string      `json:"message"`
	Was         string      `json:"was,omitempty"`
	Remedy      string      `json:"remedy,omitempty"`
	Workloads   []string    `json:"workloads,omitempty"`
	Measure     float64     `json:"measure,omitempty"`
	At          *placeJSON  `json:"at,omitempty"`
	Also        []placeJSON `json:"also,omitempty"`
	Accepted    *Acceptance `json:"accepted,omitempty"`
}

type placeJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func writeJSON(w io.Writer, r *Report) error {
	j := reportJSON{
		Schema: Schema, Program: r.Program, Command: r.Command, File: r.File, Plant: r.Plant, Base: r.Base, Asked: r.Asked,
		Holds: !r.Failed(), FailOn: r.FailOn, Findings: []judgedJSON{}, Notes: r.Notes,
	}
	for i := range r.Findings {
		j.Findings = append(j.Findings, r.json(&r.Findings[i]))
	}
	for i := range r.Gone {
		j.Gone = append(j.Gone, r.json(&r.Gone[i]))
	}
	return encode(w, j)
}

func (r *Report) json(f *Finding) judgedJSON { return judgedJSON{f.json(), r.Fails(f)} }

// MarshalJSON writes it as in a report, for what puts findings beside other answers.
func (f Finding) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, f.json())
	return b.Bytes(), err
}

func (f *Finding) json() findingJSON {
	j := findingJSON{
		Rule: f.Rule, Severity: f.Severity, Fingerprint: f.Fingerprint(), Change: f.Change,
		Message: f.Message, Was: f.Was, Remedy: f.Remedy, Workloads: f.Workloads, Measure: f.Measure, Accepted: f.Accepted,
	}
	if f.Pos.Line > 0 {
		at := place(f.Pos)
		j.At = &at
	}
	for _, p := range f.Also {
		j.Also = append(j.Also, place(p))
	}
	return j
}

func place(p topology.Pos) placeJSON { return placeJSON{slashed(p.File), p.Line, p.Col} }

// encode writes indented JSON in which < and > stay readable.
func encode(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}
