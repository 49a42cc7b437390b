package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// policySpec is a policy file as typed.
type policySpec struct {
	Default   *survivalSpec                  `yaml:"default" doc:"what every workload that is not named must survive; any one failure by default"`
	Workloads yamlfile.Ordered[survivalSpec] `yaml:"workloads" doc:"what workloads must survive, keyed by workload"`
	Scenarios []yamlfile.Word                `yaml:"scenarios" doc:"scenarios that must hold on the plant: files, relative to this one, or built-in ones"`
	Rules     yamlfile.Ordered[severity]     `yaml:"rules" doc:"how bad the findings of a rule are, keyed by rule; see dcdrill list rules"`
	Accept    []waiverSpec                   `yaml:"accept" doc:"findings that are put up with"`
}

type survivalSpec struct {
	Pos      topology.Pos
	Failures *int          `yaml:"failures,scalar" doc:"how many at the same time must leave it a path, 0 to 3; 1 by default"`
	Within   time.Duration `yaml:"within" doc:"how soon it must be served again after any one failure, as the model plays it"`
	Downtime time.Duration `yaml:"downtime" doc:"how long it may be down in a year, by the rates of failures; see dcdrill sweep --availability"`
}

type waiverSpec struct {
	Pos     topology.Pos
	Finding yamlfile.Word `yaml:"finding,required" doc:"its fingerprint, as every format shows it: single-point edge1"`
	Reason  string        `yaml:"reason,required" doc:"why it is put up with"`
	Owner   string        `yaml:"owner,required" doc:"who answers for it"`
	Until   yamlfile.Word `yaml:"until,required" doc:"the last day that it holds, such as 2027-01-31"`
}

// ParsePolicy reads a policy file; name is the file's in errors, which are yamlfile.Problems.
func ParsePolicy(name string, data []byte) (*Policy, error) {
	n, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	var ps yamlfile.Problems
	if n.Kind() != yamlfile.Map || len(n.Entries()) == 0 {
		at := n.Pos()
		at.File = name
		ps.Add(at, "say what must survive: default: {failures: 1}", "the policy asks for nothing")
		return nil, ps.Err()
	}
	var spec policySpec
	yamlfile.Decode(n, &spec, &ps)
	p := spec.policy(&ps)
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// severity is how bad the findings of a rule are; empty: it is left out.
type severity finding.Severity

var severities = map[string]severity{"error": severity(finding.Error), "warning": severity(finding.Warning), "off": ""}

// UnmarshalText reads one of the words.
func (s *severity) UnmarshalText(text []byte) error {
	known := false
	if *s, known = severities[string(text)]; !known {
		return fmt.Errorf("%q is no severity: it can be error, warning or off", text)
	}
	return nil
}

// Describe says which words there are.
func (severity) Describe(*yamlfile.Schemas) *jsonschema.Schema {
	return &jsonschema.Schema{Enum: []any{"error", "warning", "off", false}}
}

// policy is what the file means.
func (s *policySpec) policy(ps *yamlfile.Problems) *Policy {
	p := AnyOne()
	if s.Default != nil {
		p.Default = s.Default.survival(ps)
	}
	for _, w := range s.Workloads {
		p.Workloads = append(p.Workloads, Demand{yamlfile.Word{Text: w.Key, Pos: w.Pos}, w.Value.survival(ps)})
	}
	p.Scenarios = s.Scenarios
	for _, r := range s.Rules {
		if _, known := Rules.Lookup(r.Key); !known {
			ps.Add(r.Pos, yamlfile.Suggest(r.Key, Rules.Names()), "no rule %q", r.Key)
		}
		if p.Rules == nil {
			p.Rules = map[string]finding.Severity{}
		}
		p.Rules[r.Key] = finding.Severity(r.Value)
	}
	for _, w := range s.Accept {
		p.Accept = append(p.Accept, w.waiver(ps))
	}
	s.twice(ps)
	return p
}

func (s survivalSpec) survival(ps *yamlfile.Problems) Survival {
	d := Survival{Failures: 1, Within: s.Within, Downtime: s.Downtime}
	if s.Failures != nil {
		d.Failures = *s.Failures
	}
	if d.Failures < 0 || d.Failures > sweep.MaxDepth {
		ps.Add(s.Pos, "", "failures is %d, want 0 to %d", d.Failures, sweep.MaxDepth)
	}
	if d.Failures == 0 && d.Within > 0 {
		ps.Add(s.Pos, "", "what may be lost need not be back within %s", s.Within)
	}
	return d
}

// day is how waivers write dates.
const day = "2006-01-02"

func (s waiverSpec) waiver(ps *yamlfile.Problems) Waiver {
	w := Waiver{Finding: s.Finding, Acceptance: finding.Acceptance{Reason: s.Reason, Owner: s.Owner, Until: s.Until.Text}}
	var err error
	if w.until, err = time.Parse(day, s.Until.Text); err != nil && s.Until.Text != "" {
		ps.Add(s.Until.Pos, "write it as 2027-01-31", "%q is no date", s.Until.Text)
	}
	return w
}

// twice complains of findings that are accepted more than once: which owner would answer?
func (s *policySpec) twice(ps *yamlfile.Problems) {
	var seen []string
	for _, w := range s.Accept {
		if slices.Contains(seen, w.Finding.Text) {
			ps.Add(w.Finding.Pos, "", "%q is accepted twice", w.Finding.Text)
		}
		seen = append(seen, w.Finding.Text)
	}
}

// Schema is the JSON Schema of policy files.
func Schema() *jsonschema.Schema { return yamlfile.Schema(policySpec{}, "dcdrill policy") }
