package gate

import (
	"math"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	register("scenario", "a scenario that must hold on the plant does not, as the model plays it", finding.Error, scenario)
}

// scenario tells what failed, and in notes how long every workload was gone, so that a comparison sees what got worse.
func scenario(c *Case) []finding.Finding {
	var all []finding.Finding
	for _, d := range c.Drills {
		if d.Report.Finding == report.Inconclusive {
			all = append(all, d.finding("", "proves nothing here: "+strings.Join(d.Report.Doubts, "; ")))
			continue
		}
		failed := map[string]bool{}
		for _, v := range d.Report.Verdicts {
			if v.Outcome == sim.Failed && (v.Part == "survive") == d.Report.Question {
				failed[v.ID] = true
				all = append(all, d.verdict(v))
			}
		}
		for i := range d.Report.Workloads {
			if w := &d.Report.Workloads[i]; !failed[w.ID] {
				all = append(all, d.outage(w))
			}
		}
	}
	return all
}

func (d *Drill) finding(about, text string) finding.Finding {
	f := finding.Finding{Subject: d.Report.Scenario, Pos: d.Name.Pos, Message: "scenario " + d.Report.Scenario + " " + text}
	if about != "" {
		f.Subject += ": " + about
	}
	return f
}

// verdict is one that failed.
func (d *Drill) verdict(v report.Verdict) finding.Finding {
	f := d.finding(v.ID, "does not hold: "+v.ID+" is to have "+v.Want+", and has "+v.Got)
	f.Remedy = "dcdrill run " + d.Name.Text + " --world model tells what happened"
	if v.Workload != "" {
		f.Workloads = []string{v.Workload}
	}
	for i := range d.Report.Workloads {
		if w := &d.Report.Workloads[i]; w.ID == v.Workload {
			f.Measure = gone(w).Seconds()
		}
	}
	return f
}

// outage is a note of how long a workload was gone.
func (d *Drill) outage(w *report.Workload) finding.Finding {
	text := w.ID + " is never gone"
	if length := gone(w); length > 0 {
		text = w.ID + " is gone for " + report.Duration(length)
	}
	f := d.finding(w.ID, "holds: "+text)
	f.Severity, f.Workloads, f.Measure = finding.Note, []string{w.ID}, gone(w).Seconds()
	return f
}

// gone is how long a workload was not served at the longest; one that did not come back, for ever.
func gone(w *report.Workload) time.Duration {
	switch {
	case w.Longest == nil:
		return 0
	case w.Longest.Open:
		return math.MaxInt64
	}
	return w.Longest.Lasted()
}
