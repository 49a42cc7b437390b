package gate

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
)

// Rule looks for one sort of mistake.
type Rule struct {
	// Severity is that of its findings where the policy does not say otherwise.
	Severity finding.Severity
	// Look finds them. It leaves the Rule of a finding open, and the Severity of those that are as bad as the rule says. It is nil for rules about
	// the policy itself.
	Look func(*Case) []finding.Finding
}

// Rules holds all rules. A rule is one file that registers itself from init.
var Rules = sim.NewRegistry[Rule]("rule")

func register(id, doc string, s finding.Severity, look func(*Case) []finding.Finding) {
	Rules.Register(id, doc, func() Rule { return Rule{s, look} })
}

// Case is a plant at the gate, with all that rules may look at.
type Case struct {
	Plant  *topology.Plant
	Uses   []*sim.Use
	Policy *Policy
	// Sweep has the cut sets of all workloads, as deep as the policy or the comparison asks.
	Sweep *sweep.Result
	// Behaviour is who is down after single failures once everything has settled, and Recoveries the longest that each
	// workload is gone until then; nil and empty where nothing was played.
	Behaviour  *sweep.Behaviour
	Recoveries []Recovery
	// Availability is the downtime of a year; nil where nothing was played.
	Availability *sweep.Availability
	// Drills are the scenarios that were played on the plant.
	Drills []*Drill
}

// look has every rule look.
func (c *Case) look() []finding.Finding {
	var all []finding.Finding
	for _, k := range Rules.Kinds() {
		rule := k.New()
		severity := c.Policy.severity(k.Name, rule.Severity)
		if rule.Look == nil || severity == "" {
			continue
		}
		for _, f := range rule.Look(c) {
			if f.Rule = k.Name; f.Severity == "" {
				f.Severity = severity
			}
			all = append(all, f)
		}
	}
	return all
}

// catalogue lists all rules for a report.
func catalogue() []finding.Rule {
	var all []finding.Rule
	for _, k := range Rules.Kinds() {
		all = append(all, finding.Rule{ID: k.Name, Doc: k.Doc, Severity: k.New().Severity})
	}
	return all
}
