package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	registerSwept("connected-yet-down", "failures leave a workload a path, and still it is not served, as the model plays them", finding.Error, connectedYetDown)
}

func connectedYetDown(c *Case) []finding.Finding {
	if c.Behaviour == nil {
		return nil
	}
	found := newCuts(c)
	for _, w := range c.Behaviour.Workloads {
		for _, set := range w.Sets {
			if len(set.Connected) > 0 && c.Policy.of(w.Use).Failures >= len(set.Fates) {
				found.add(elementsOf(set.Fates), w.Use.ID)
			}
		}
	}
	return found.findings(func(k *cutting, f *finding.Finding) {
		if len(k.elements) > 1 {
			f.Severity = finding.Warning
		}
		f.Message = "without " + k.called() + " there is a path for " + report.Few(k.workloads, 8) + ", and still no service"
		f.Remedy = "look at what keeps the path from being used: a bond that stays where it is, a guard of links, a gateway or route that does not move"
	})
}
