package finding

import (
	"io"
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("sarif", "SARIF 2.1.0, for code scanning", writeSARIF)
}

// The parts of SARIF 2.1.0 that are written; the numbers are those of the OASIS standard.
type (
	sarifLog struct { // 3.13
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct { // 3.18
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Version        string      `json:"version,omitempty"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct { // 3.49
		ID               string      `json:"id"`
		ShortDescription sarifText   `json:"shortDescription"`
		Configuration    sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct { // 3.50
		Level Severity `json:"level"`
	}
	sarifText struct { // 3.11
		Text string `json:"text"`
	}
	sarifResult struct { // 3.27
		RuleID           string             `json:"ruleId"`
		RuleIndex        int                `json:"ruleIndex"`
		Level            Severity           `json:"level"`
		Message          sarifText          `json:"message"`
		Locations        []sarifLocation    `json:"locations,omitempty"`
		RelatedLocations []sarifLocation    `json:"relatedLocations,omitempty"`
		Fingerprints     map[string]string  `json:"partialFingerprints"`
		BaselineState    string             `json:"baselineState,omitempty"`
		Suppressions     []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct { // 3.28
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct { // 3.29
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct { // 3.4
		URI string `json:"uri"`
	}
	sarifRegion struct { // 3.30
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
	sarifSuppression struct { // 3.35
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	// sarifFingerprint is the name under which fingerprints are given: a version is part of it (3.27.17).
	sarifFingerprint = "dcdrill/v1"
	homepage         = "https://github.com/dcdrill/dcdrill"
)

func writeSARIF(w io.Writer, r *Report) error {
	run := sarifRun{
		Tool:    sarifTool{sarifDriver{Name: "dcdrill", InformationURI: homepage, Version: r.Program, Rules: []sarifRule{}}},
		Results: []sarifResult{},
	}
	for _, rule := range r.Rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{rule.ID, sarifText{rule.Doc}, sarifConfig{rule.Severity}})
	}
	told := r.shown()
	told = append(told, r.some(func(f *Finding) bool { return f.Accepted != nil })...)
	for _, f := range told {
		run.Results = append(run.Results, r.sarif(f))
	}
	return encode(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

// baselineStates are SARIF's words (3.27.24) for ours.
var baselineStates = map[Change]string{New: "new", Worse: "updated", Better: "updated", Same: "unchanged"}

func (r *Report) sarif(f *Finding) sarifResult {
	s := sarifResult{
		RuleID: f.Rule, RuleIndex: slices.IndexFunc(r.Rules, func(x Rule) bool { return x.ID == f.Rule }), Level: f.Severity,
		Message: sarifText{f.sentences()}, Locations: sarifLocations(f.Pos), RelatedLocations: sarifLocations(f.Also...),
		Fingerprints: map[string]string{sarifFingerprint: f.Fingerprint()}, BaselineState: baselineStates[f.Change],
	}
	if f.Accepted != nil {
		s.Suppressions = []sarifSuppression{{"external", f.Accepted.Reason + " (" + f.Accepted.Owner + ", until " + f.Accepted.Until + ")"}}
	}
	return s
}

func sarifLocations(all ...topology.Pos) []sarifLocation {
	var list []sarifLocation
	for _, p := range all {
		if p.Line > 0 {
			list = append(list, sarifLocation{sarifPhysical{sarifArtifact{slashed(p.File)}, sarifRegion{p.Line, p.Col}}})
		}
	}
	return list
}

// sentences are message and remedy, and what it was before.
func (f *Finding) sentences() string {
	s := f.Message + "."
	if f.Was != "" && f.Was != f.Message {
		s += " It was: " + f.Was + "."
	}
	if f.Remedy != "" {
		s += " To put it right: " + f.Remedy + "."
	}
	return s
}
