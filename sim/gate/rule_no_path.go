package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	registerSwept("no-path", "a workload has members without a path although nothing has failed", finding.Error, noPath)
}

func noPath(c *Case) []finding.Finding {
	var all []finding.Finding
	for _, w := range c.Sweep.Workloads {
		if len(w.Severed) == 0 {
			continue
		}
		var names []string
		for _, m := range w.Severed {
			names = append(names, m.Talk.Flow().From.ID+" to "+m.Talk.Flow().To.ID)
		}
		remedy := "look for a link that is missing, or for a network that it does not carry"
		if f := w.Severed[0].Talk.Flow(); f.From != nil && f.To != nil {
			if why := c.Plant.Apart(f.From, f.To); why != "" {
				remedy = why + ": say which networks a link or port carries"
			}
		}
		all = append(all, finding.Finding{
			Subject: w.Use.ID, Workloads: []string{w.Use.ID}, Pos: w.Use.Pos, Measure: float64(len(names)),
			Message: w.Use.ID + " has no path although nothing has failed: from " + report.Few(names, 4),
			Remedy:  remedy,
		})
	}
	return all
}
