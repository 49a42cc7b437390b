package finding

import (
	"github.com/dcdrill/dcdrill/sim/report"
)

// Report is what a check or a comparison found, ready to be written in any format.
type Report struct {
	// Program is the name and version of who found it.
	Program string
	// Command is "check" or "diff", File and Plant what was looked at, and Base what it was compared with, if anything.
	Command, File, Plant, Base string
	// Asked says in a sentence what was asked of the plant.
	Asked    string
	Rules    []Rule
	Findings []Finding
	// Gone are those of the base that are no more.
	Gone  []Finding
	Notes []string
	// Recoveries are how people got over the worst of it; nil where nobody was asked to.
	Recoveries *Recoveries
	// FailOn is what fails the check; see Failed.
	FailOn FailOn
}

// Rule is a sort of finding.
type Rule struct {
	ID, Doc  string
	Severity Severity
}

// FailOn says which findings fail a check.
type FailOn string

// FailOnError and FailOnWarning fail on everything as bad as that, FailOnWorse on errors and warnings that the base
// does not have, or has less of.
const (
	FailOnError   FailOn = "error"
	FailOnWarning FailOn = "warning"
	FailOnWorse   FailOn = "worse"
	// FailOnNothing is for what judges nothing, and only tells.
	FailOnNothing FailOn = "nothing"
)

// FailOns are those that a check can be told, in the order of their help.
var FailOns = []string{string(FailOnError), string(FailOnWarning), string(FailOnWorse)}

// Fails says whether a finding fails the check.
func (r *Report) Fails(f *Finding) bool {
	switch {
	case !f.Counts() || r.FailOn == FailOnNothing:
		return false
	case r.FailOn == FailOnWorse:
		return f.Regressed()
	}
	return f.Severity == Error || r.FailOn == FailOnWarning
}

// Failed says whether any finding fails the check.
func (r *Report) Failed() bool { return r.count(r.Fails) > 0 }

func (r *Report) count(is func(*Finding) bool) int {
	n := 0
	for i := range r.Findings {
		if is(&r.Findings[i]) {
			n++
		}
	}
	return n
}

// some lists the findings of which something is true.
func (r *Report) some(is func(*Finding) bool) []*Finding {
	var all []*Finding
	for i := range r.Findings {
		if is(&r.Findings[i]) {
			all = append(all, &r.Findings[i])
		}
	}
	return all
}

// shown are the findings that a reader of problems wants: all that count, and in a comparison what got worse.
func (r *Report) shown() []*Finding {
	if r.Base != "" {
		return r.some((*Finding).regressed)
	}
	return r.some((*Finding).Counts)
}

// Summary counts what counts: "2 errors, 1 warning, 1 accepted".
func (r *Report) Summary() string {
	of := func(s Severity) int {
		return r.count(func(f *Finding) bool { return f.Counts() && f.Severity == s })
	}
	parts := []string{report.Plural(of(Error), "error"), report.Plural(of(Warning), "warning")}
	if n := r.count(func(f *Finding) bool { return f.Accepted != nil }); n > 0 {
		parts = append(parts, report.Plural(n, "accepted finding"))
	}
	return report.And(parts)
}
