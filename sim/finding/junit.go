package finding

import (
	"io"

	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	register("junit", "XML that CI systems show, a test case per rule and finding", writeJUnit)
}

// writeJUnit makes a case of every finding, and of every rule that found nothing, so that a green run shows what was
// looked at. What does not fail the check is skipped, with the reason.
func writeJUnit(w io.Writer, r *Report) error {
	s := report.JUnitSuite{Name: "dcdrill." + r.Command + "." + r.Plant, Time: "0.000", Out: r.title() + "\n" + r.Verdict()}
	found := map[string]bool{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Severity != Note || r.Fails(f) {
			found[f.Rule] = true
			s.Add(r.junit(f))
		}
	}
	for _, rule := range r.Rules {
		if !found[rule.ID] {
			s.Add(report.JUnitCase{Class: rule.ID, Name: "nothing: " + rule.Doc})
		}
	}
	return report.WriteJUnit(w, s)
}

func (r *Report) junit(f *Finding) report.JUnitCase {
	c := report.JUnitCase{Class: f.Rule, Name: f.Subject, File: slashed(f.Pos.File), Line: f.Pos.Line}
	result := &report.JUnitResult{Message: f.Message, Text: f.text()}
	switch {
	case r.Fails(f):
		c.Failure = result
	case f.Accepted != nil:
		result.Message += " (accepted until " + f.Accepted.Until + " by " + f.Accepted.Owner + ": " + f.Accepted.Reason + ")"
		c.Skipped = result
	default:
		c.Skipped = result
	}
	return c
}
