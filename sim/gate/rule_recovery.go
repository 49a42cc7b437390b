package gate

import (
	"math"
	"time"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	register("recovery", "a workload is gone for longer than it may be when one thing fails or returns, though it has a path", finding.Error, recovery)
}

// finest is how finely recoveries are compared: what differs by less hangs on moments that nobody knows.
const finest = 100 * time.Millisecond

// recovery warns of what is longer than users tolerate, where the policy does not say what is too long. The rest is
// told in notes, so that a comparison sees what got worse.
func recovery(c *Case) []finding.Finding {
	var all []finding.Finding
	for _, r := range c.Recoveries {
		f := finding.Finding{
			Severity: finding.Note, Subject: r.Use.ID, Workloads: []string{r.Use.ID}, Measure: r.Outage.Round(finest).Seconds(),
			Message: r.Use.ID + " is gone " + upTo(r.Outage) + " when " + c.name(r.After) + " fails and returns",
		}
		asked, tolerated := c.Policy.of(r.Use), r.Use.Workload.Tolerates()
		switch {
		case asked.Within > 0 && r.Outage > asked.Within:
			f.Severity = ""
			f.Message += ", and must be back within " + report.Duration(asked.Within)
		case asked.Failures > 0 && asked.Within == 0 && r.Outage > tolerated:
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

// upTo is how long at most, in words; what does not come back is gone for good.
func upTo(d time.Duration) string {
	if d == math.MaxInt64 {
		return "for good"
	}
	return "for up to " + report.Duration(d)
}
