package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/sim/sweep"
)

func init() {
	register("connected-yet-down", "one failure leaves a workload a path, and still it is not served, as the model plays it", finding.Error, connectedYetDown)
}

func connectedYetDown(c *Case) []finding.Finding {
	if c.Behaviour == nil {
		return nil
	}
	found := newCuts(c)
	for _, w := range c.Behaviour.Workloads {
		for _, set := range w.Sets {
			if len(set.Connected) > 0 && c.Policy.of(w.Use).Failures > 0 {
				found.add([]sweep.Element{set.Fates[0].Elements[0]}, w.Use.ID)
			}
		}
	}
	return found.findings(func(k *cutting, f *finding.Finding) {
		f.Message = "without " + k.called() + " there is a path for " + report.Few(k.workloads, 8) + ", and still no service"
		f.Remedy = "look at what keeps the path from being used: a bond that stays where it is, a guard of links, a gateway or route that does not move"
	})
}
