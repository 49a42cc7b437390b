package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	register("junit", "XML that CI systems show, a test case per verdict", writeJUnit)
}

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	Out      string      `xml:"system-out,omitempty"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Skipped *junitResult `xml:"skipped"`
	Failure *junitResult `xml:"failure"`
	Error   *junitResult `xml:"error"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit puts the two answers in two suites. Where expectations decide, a workload that did not survive is a fact
// and no failure: its case is skipped, with the reason. What makes a run inconclusive is an error of its own.
func writeJUnit(w io.Writer, r *Report, _ Style) error {
	suites := junitSuites{Suites: []junitSuite{suite(r, "survive", r.Question)}}
	if !r.Question {
		suites.Suites = append(suites.Suites, suite(r, "expect", true))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write junit report: %w", err)
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(suites); err != nil {
		return fmt.Errorf("write junit report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func suite(r *Report, part string, decides bool) junitSuite {
	s := junitSuite{Name: r.Scenario + "." + part, Time: fmt.Sprintf("%.3f", time.Duration(r.Ended).Seconds())}
	for _, v := range r.Verdicts {
		if v.Part == part {
			s.add(verdictCase(r, v, decides))
		}
	}
	if decides {
		s.add(conclusive(r))
	}
	s.Out = clean(r.Survived.String("SURVIVED", "workload") + "\n" + r.AsExpected.String("AS EXPECTED", ""))
	return s
}

// conclusive is a case of its own: that the run proves anything at all.
func conclusive(r *Report) junitCase {
	c := junitCase{Class: clean(r.Scenario), Name: "the run is conclusive"}
	doubts := r.Doubts
	if !r.whole() {
		doubts = append(doubts, "the run ended early: "+r.EndReason)
	}
	if len(doubts) > 0 {
		c.Error = &junitResult{Message: clean(strings.Join(doubts, "; "))}
	}
	return c
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Error != nil {
		s.Errors++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func verdictCase(r *Report, v Verdict, decides bool) junitCase {
	c := junitCase{Class: clean(r.Scenario + "." + v.Part), Name: clean(v.ID)}
	result := &junitResult{
		Message: clean("wanted " + v.Want + ", got " + v.Got),
		Text:    clean(fmt.Sprintf("wanted: %s\ngot: %s\nevents of the log: %v\n", v.Want, v.Got, v.Evidence)),
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

// clean leaves out what XML 1.0 cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
