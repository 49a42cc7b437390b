package gate

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// BaselineSchema names the form of baseline files.
const BaselineSchema = "dcdrill/baseline/v1"

// baseline is the findings of a day, kept so that a check fails on worse ones only.
type baseline struct {
	Schema   string  `json:"schema" yaml:"schema,required"`
	Plant    string  `json:"plant" yaml:"plant"`
	Findings []known `json:"findings" yaml:"findings,required"`
}

// known is a finding of a baseline.
type known struct {
	Pos         topology.Pos     `json:"-"`
	Fingerprint string           `json:"fingerprint" yaml:"fingerprint,required"`
	Severity    finding.Severity `json:"severity" yaml:"severity,required" enum:"error|warning|note"`
	Message     string           `json:"message" yaml:"message"`
	Workloads   []string         `json:"workloads,omitempty" yaml:"workloads"`
	Parts       []string         `json:"parts,omitempty" yaml:"parts"`
	Measure     float64          `json:"measure,omitempty" yaml:"measure"`
}

// WriteBaseline keeps the findings of a report.
func WriteBaseline(w io.Writer, r *finding.Report) error {
	b := baseline{Schema: BaselineSchema, Plant: r.Plant, Findings: []known{}}
	for i := range r.Findings {
		f := &r.Findings[i]
		b.Findings = append(b.Findings, known{
			Fingerprint: f.Fingerprint(), Severity: f.Severity, Message: f.Message, Workloads: f.Workloads, Parts: f.Parts, Measure: f.Measure,
		})
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(b); err != nil {
		return fmt.Errorf("write baseline: %w", err)
	}
	return nil
}

// ReadBaseline reads what WriteBaseline wrote; name is the file's in errors, which are yamlfile.Problems.
func ReadBaseline(name string, data []byte) (*Base, error) {
	n, err := yamlfile.Parse(name, data) // JSON is YAML
	if err != nil {
		return nil, err
	}
	var b baseline
	var ps yamlfile.Problems
	yamlfile.Decode(n, &b, &ps)
	if b.Schema != "" && b.Schema != BaselineSchema {
		ps.Add(n.Lookup("schema").Pos(), "write it anew with --write-baseline", "this is no %s but a %s", BaselineSchema, b.Schema)
	}
	base := &Base{Name: name}
	for _, k := range b.Findings {
		rule, subject, _ := strings.Cut(k.Fingerprint, " ")
		base.Findings = append(base.Findings, finding.Finding{
			Rule: rule, Subject: subject, Severity: k.Severity, Message: k.Message, Workloads: k.Workloads, Parts: k.Parts, Measure: k.Measure,
		})
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return base, nil
}
