package gate

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Policy is what is asked of a plant. The zero value asks nothing; AnyOne is what is asked where nobody says.
type Policy struct {
	// Default is what workloads must survive that are not named.
	Default   Survival
	Workloads []Demand
	// Scenarios are files or built-in ones that must hold on the plant.
	Scenarios []yamlfile.Word
	// Rules are severities that differ from the rules' own; Off leaves a rule out.
	Rules  map[string]finding.Severity
	Accept []Waiver
}

// Survival is what a workload must survive.
type Survival struct {
	// Failures is how many at the same time must leave it a path; 0 for any workload that may be lost.
	Failures int
	// Within is how soon it must be served again after any one failure; 0 where that is not asked.
	Within time.Duration
	// Downtime is how long it may be down in a year, by the upper bound of what is known of failures; 0: not asked.
	Downtime time.Duration
}

// Demand is what one workload must survive.
type Demand struct {
	Workload yamlfile.Word
	Survival
}

// Waiver is a finding that somebody puts up with.
type Waiver struct {
	Finding yamlfile.Word // its fingerprint
	finding.Acceptance
	until time.Time
}

// AnyOne is the policy where there is none: any one failure must leave every workload a path.
func AnyOne() *Policy { return &Policy{Default: Survival{Failures: 1}} }

// of is what a workload must survive.
func (p *Policy) of(u *sim.Use) Survival {
	for _, d := range p.Workloads {
		if d.Workload.Text == u.ID {
			return d.Survival
		}
	}
	return p.Default
}

// severity is a rule's, after the policy; empty when the policy leaves the rule out.
func (p *Policy) severity(rule string, own finding.Severity) finding.Severity {
	if s, said := p.Rules[rule]; said {
		return s
	}
	return own
}

// depth is how many failures at once have to be looked at.
func (p *Policy) depth() int {
	most := max(1, p.Default.Failures)
	for _, s := range p.Workloads {
		most = max(most, s.Failures)
	}
	return most
}

// String says in a sentence what is asked.
func (p *Policy) String() string {
	rest := "every workload"
	if len(p.Workloads) > 0 {
		rest = "every other workload"
	}
	if p.Default.Failures == 0 {
		return "only the workloads that the policy names must survive anything"
	}
	return [...]string{"", "any one failure", "any two failures", "any three failures"}[p.Default.Failures] + " must leave " + rest + " a path"
}

// names complains of workloads that the plant does not have.
func (p *Policy) names(c *Case) error {
	var ps yamlfile.Problems
	have := useIDs(c.Uses)
	for _, d := range p.Workloads {
		if !slices.Contains(have, d.Workload.Text) {
			u := topology.NewUnknown("workload", d.Workload.Text, have)
			ps.Add(d.Workload.Pos, u.Hint, "%s in %s", u.Msg, c.Plant.Name)
		}
	}
	return ps.Err()
}
