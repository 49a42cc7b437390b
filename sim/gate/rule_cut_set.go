package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	register("cut-set", "failures at the same time cut a workload that must survive as many", finding.Error, cutSet)
}

func cutSet(c *Case) []finding.Finding {
	found := newCuts(c)
	for _, w := range c.Sweep.Workloads {
		for _, cut := range w.Cuts {
			if n := len(cut.Fates); n > 1 && n <= c.Policy.of(w.Use).Failures {
				found.add(elementsOf(cut.Fates), w.Use.ID)
			}
		}
	}
	return found.findings(func(k *cutting, f *finding.Finding) {
		f.Message = k.called() + " together cut " + report.Few(k.workloads, 8)
		f.Remedy = "give them a way that passes none of these"
	})
}
