package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/sim/sweep"
)

func init() {
	registerSwept("single-point", "one failure cuts a workload that must survive any one", finding.Error, singlePoint)
}

// singlePoint leaves out what a claim of redundancy was found to hide: that is told as a shared fate.
func singlePoint(c *Case) []finding.Finding {
	told := map[*sweep.Fate]bool{}
	for _, f := range c.Sweep.Contradictions {
		if len(f.Fates) == 1 {
			told[f.Fates[0]] = true
		}
	}
	found := newCuts(c)
	for _, w := range c.Sweep.Workloads {
		for _, cut := range w.Cuts {
			if cut.End || len(cut.Fates) != 1 || told[cut.Fates[0]] || c.Policy.of(w.Use).Failures < 1 {
				continue
			}
			for _, e := range causes(cut.Fates[0]) {
				found.add([]sweep.Element{e}, w.Use.ID)
			}
		}
	}
	return found.findings(func(k *cutting, f *finding.Finding) {
		f.Message = k.called() + " alone cuts " + report.Few(k.workloads, 8)
		f.Remedy = remedies[k.elements[0].Kind]
	})
}
