package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// JUnitSuite is a group of test cases as CI systems show them; Add fills and counts it.
type JUnitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []JUnitCase `xml:"testcase"`
	Out      string      `xml:"system-out,omitempty"`
}

// JUnitCase is one test case; at most one of its results is set, and none means that it passed.
type JUnitCase struct {
	Class string `xml:"classname,attr"`
	Name  string `xml:"name,attr"`
	// File and Line are where it is about, for the CI systems that link there.
	File    string       `xml:"file,attr,omitempty"`
	Line    int          `xml:"line,attr,omitempty"`
	Skipped *JUnitResult `xml:"skipped"`
	Failure *JUnitResult `xml:"failure"`
	Error   *JUnitResult `xml:"error"`
}

// JUnitResult is why a case did not pass.
type JUnitResult struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Add counts a case in, without what XML cannot hold.
func (s *JUnitSuite) Add(c JUnitCase) {
	c.Class, c.Name, c.File = clean(c.Class), clean(c.Name), clean(c.File)
	s.Tests++
	s.Failures += c.Failure.clean()
	s.Errors += c.Error.clean()
	s.Skipped += c.Skipped.clean()
	s.Cases = append(s.Cases, c)
}

// clean leaves out what XML cannot hold, and counts the result: none is 0.
func (r *JUnitResult) clean() int {
	if r == nil {
		return 0
	}
	r.Message, r.Text = clean(r.Message), clean(r.Text)
	return 1
}

// WriteJUnit writes suites as one document.
func WriteJUnit(w io.Writer, suites ...JUnitSuite) error {
	for i := range suites {
		suites[i].Name, suites[i].Out = clean(suites[i].Name), clean(suites[i].Out)
	}
	document := struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []JUnitSuite `xml:"testsuite"`
	}{Suites: suites}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write junit report: %w", err)
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(document); err != nil {
		return fmt.Errorf("write junit report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
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
