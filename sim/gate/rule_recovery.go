package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	register("recovery", "a workload is gone for longer than it may be when one thing fails or returns, though it has a path", finding.Error, recovery)
}

// recovery warns of what is longer than users tolerate, where the policy does not say what is too long. The rest is
// told in notes, so that a comparison sees what got worse.
func recovery(c *Case) []finding.Finding {
	var all []finding.Finding
	for _, r := range c.Recoveries {
		f := finding.Finding{
			Severity: finding.Note, Subject: r.Use.ID, Workloads: []string{r.Use.ID}, Measure: r.Outage.Seconds(),
			Message: r.Use.ID + " is gone for up to " + report.Duration(r.Outage) + " when " + c.name(r.After) + " fails and returns",
		}
		within, tolerated := c.Policy.of(r.Use).Within, r.Use.Workload.Tolerates()
		switch {
		case within > 0 && r.Outage > within:
			f.Severity = ""
			f.Message += ", and must be back within " + report.Duration(within)
		case within == 0 && r.Outage > tolerated:
			f.Severity = finding.Warning
			f.Message += ", and its users tolerate " + report.Duration(tolerated)
		}
		if f.Severity != finding.Note {
			f.Remedy = "look at how it fails over and back: timers of bonds, gateways and routes"
		}
		put(&f, places(c.Plant, r.After))
		all = append(all, f)
	}
	return all
}
