package gate

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	registerSwept("cut-set", "failures at the same time cut a workload that must survive as many", finding.Error, cutSet)
}

// cutSet tells in notes how many more sets there are than the policy asks about, so that a comparison sees new ones.
func cutSet(c *Case) []finding.Finding {
	found := newCuts(c)
	for _, w := range c.Sweep.Workloads {
		for _, cut := range w.Cuts {
			if n := len(cut.Fates); n > 1 && n <= c.Policy.of(w.Use).Failures {
				found.add(elementsOf(cut.Fates), w.Use.ID)
			}
		}
	}
	all := found.findings(func(k *cutting, f *finding.Finding) {
		f.Message = k.called() + " together cut " + report.Few(k.workloads, 8)
		f.Remedy = "give them a way that passes none of these"
	})
	return append(all, c.cutNotes()...)
}

// cutNotes are one for each workload; workloads that were made up share one.
func (c *Case) cutNotes() []finding.Finding {
	var order []string
	by := map[string]*finding.Finding{}
	for _, w := range c.Sweep.Workloads {
		name := w.Use.ID
		if w.Use.Inferred {
			name = "hosts"
		}
		f := by[name]
		if f == nil {
			f = &finding.Finding{Severity: finding.Note, Subject: name, Pos: w.Use.Pos}
			by[name] = f
			order = append(order, name)
		}
		for _, cut := range w.Cuts {
			if n := len(cut.Fates); n > max(1, c.Policy.of(w.Use).Failures) {
				f.Parts = append(f.Parts, c.subjects(elementsOf(cut.Fates)))
			}
		}
	}
	var all []finding.Finding
	for _, name := range order {
		f := by[name]
		slices.Sort(f.Parts)
		if f.Parts = slices.Compact(f.Parts); len(f.Parts) > 0 {
			f.Message = report.Plural(len(f.Parts), "more set") + " of failures at the same time cut " + name
			all = append(all, *f)
		}
	}
	return all
}
