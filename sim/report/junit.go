package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	register("junit", "XML that CI systems show, a test case per verdict", writeJUnit)
}

// writeJUnit puts the two answers in two suites. Where expectations decide, a workload that did not survive is a fact
// and no failure: its case is skipped, with the reason. What makes a run inconclusive is an error of its own.
func writeJUnit(w io.Writer, r *Report, _ Style) error {
	suites := []JUnitSuite{suite(r, "survive", r.Question)}
	if !r.Question {
		suites = append(suites, suite(r, "expect", true))
	}
	return WriteJUnit(w, suites...)
}

func suite(r *Report, part string, decides bool) JUnitSuite {
	s := JUnitSuite{Name: r.Scenario + "." + part, Time: fmt.Sprintf("%.3f", time.Duration(r.Ended).Seconds())}
	for _, v := range r.Verdicts {
		if v.Part == part {
			s.Add(verdictCase(r, v, decides))
		}
	}
	if decides {
		s.Add(conclusive(r))
	}
	s.Out = r.Survived.String("SURVIVED", "workload") + "\n" + r.AsExpected.String("AS EXPECTED", "")
	return s
}

// conclusive is a case of its own: that the run proves anything at all.
func conclusive(r *Report) JUnitCase {
	c := JUnitCase{Class: r.Scenario, Name: "the run is conclusive"}
	doubts := r.Doubts
	if !r.whole() {
		doubts = append(doubts, "the run ended early: "+r.EndReason)
	}
	if len(doubts) > 0 {
		c.Error = &JUnitResult{Message: strings.Join(doubts, "; ")}
	}
	return c
}

func verdictCase(r *Report, v Verdict, decides bool) JUnitCase {
	c := JUnitCase{Class: r.Scenario + "." + v.Part, Name: v.ID}
	result := &JUnitResult{
		Message: "wanted " + v.Want + ", got " + v.Got,
		Text:    fmt.Sprintf("wanted: %s\ngot: %s\nevents of the log: %v\n", v.Want, v.Got, v.Evidence),
	}
	switch {
	case v.Outcome == sim.Passed:
	case !decides:
		c.Skipped = result
	case v.Outcome == sim.Failed:
		c.Failure = result
	default:
		c.Error = result
	}
	return c
}
