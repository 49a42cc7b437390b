package gate

import (
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/sweep"
)

// Swept says what a sweep found, of a file, as a check would: by the same rules, in the same words and with the same
// fingerprints. It asks nothing of the plant, so that nothing fails; what takes several failures at once is a warning.
func Swept(file string, r *sweep.Result) *finding.Report {
	c := &Case{
		Plant: r.Plant, Policy: &Policy{Default: Survival{Failures: r.Depth}, Rules: map[string]finding.Severity{"cut-set": finding.Warning}},
		Sweep: r, Behaviour: r.Behaviour, Availability: r.Availability,
	}
	var uses []*sim.Use
	for _, w := range r.Workloads {
		uses = append(uses, w.Use)
	}
	c.Uses = uses
	all := &finding.Report{
		Command: "sweep", File: file, Plant: r.Plant.Name, Asked: r.Asked(), Rules: catalogue(swept), FailOn: finding.FailOnNothing,
		Findings: c.look(swept), Notes: r.Notes,
	}
	finding.Sort(all.Findings)
	if r.Recoveries != nil {
		all.Recoveries = c.recovered(all.Findings)
	}
	return all
}

// ofFailures are the rules whose subject is what fails, after the name of a promise where one is broken.
var ofFailures = []string{"single-point", "shared-fate", "not-redundant", "cut-set", "connected-yet-down"}

// recovered are the recoveries of a sweep, each with the finding that is about the same failures.
func (c *Case) recovered(findings []finding.Finding) *finding.Recoveries {
	told := c.Sweep.Recoveries.Told()
	for i := range told.All {
		subject := c.subjects(elementsOf(c.Sweep.Recoveries.All[i].Fates))
		for k := range findings {
			f := &findings[k]
			if slices.Contains(ofFailures, f.Rule) && (f.Subject == subject || strings.HasSuffix(f.Subject, ": "+subject)) {
				told.All[i].Found = f.Fingerprint()
				break
			}
		}
	}
	return told
}
