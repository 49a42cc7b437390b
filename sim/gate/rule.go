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
	// Swept says that it looks at nothing but what a sweep found: it puts that into words for the sweep too.
	Swept bool
}

// Rules holds all rules. A rule is one file that registers itself from init.
var Rules = sim.NewRegistry[Rule]("rule")

func register(id, doc string, s finding.Severity, look func(*Case) []finding.Finding) {
	Rules.Register(id, doc, func() Rule { return Rule{Severity: s, Look: look} })
}

func registerSwept(id, doc string, s finding.Severity, look func(*Case) []finding.Finding) {
	Rules.Register(id, doc, func() Rule { return Rule{Severity: s, Look: look, Swept: true} })
}

func anyRule(Rule) bool { return true }
func swept(r Rule) bool { return r.Swept }

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

// look has some of the rules look.
func (c *Case) look(some func(Rule) bool) []finding.Finding {
	var all []finding.Finding
	for _, k := range Rules.Kinds() {
		rule := k.New()
		severity := c.Policy.severity(k.Name, rule.Severity)
		if rule.Look == nil || severity == "" || !some(rule) {
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

// catalogue lists some of the rules for a report.
func catalogue(some func(Rule) bool) []finding.Rule {
	var all []finding.Rule
	for _, k := range Rules.Kinds() {
		if rule := k.New(); some(rule) {
			all = append(all, finding.Rule{ID: k.Name, Doc: k.Doc, Severity: rule.Severity})
		}
	}
	return all
}
