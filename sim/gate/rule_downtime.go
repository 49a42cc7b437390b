package gate

import (
	"time"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	registerSwept("downtime", "a workload is down for longer in a year than it may be, by the rates of failures", finding.Error, downtime)
}

// downtime goes by the upper bound of single failures, to the minute: the rates are no finer. What the policy does not
// ask about is told in notes, so that a comparison sees what got worse.
func downtime(c *Case) []finding.Finding {
	if c.Availability == nil {
		return nil
	}
	var all []finding.Finding
	for _, d := range c.Availability.Workloads {
		low, high := d.Low.Round(time.Minute), d.High.Round(time.Minute)
		f := finding.Finding{
			Severity: finding.Note, Subject: d.Use.ID, Workloads: []string{d.Use.ID}, Measure: high.Minutes(), Pos: d.Use.Pos,
			Message: d.Use.ID + ": down for " + report.Duration(low) + " to " + report.Duration(high) + " a year",
		}
		if most := c.Policy.of(d.Use).Downtime; most > 0 && high > most {
			f.Severity = ""
			f.Message += ", and may be for " + report.Duration(most)
			f.Remedy = "dcdrill sweep --availability tells what makes it"
		}
		all = append(all, f)
	}
	return all
}
