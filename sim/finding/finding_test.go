package finding

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/simtest/browser"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// mixed has one finding of each sort, with names that formats have to be careful with.
func mixed(t *testing.T) *Report {
	t.Helper()
	n, err := yamlfile.Parse("./sub/a,b:c.yaml", []byte("one: 1\ntwo: 2\n"))
	require.NoError(t, err)
	at := n.Entries()[1].KeyPos
	return &Report{
		Program: "v1", Command: "check", File: "p.yaml", Plant: "p", Asked: "any one failure",
		Rules: []Rule{{"mtu", "too small", Error}, {"quiet", "finds nothing", Warning}},
		Findings: []Finding{
			{Rule: "mtu", Severity: Error, Subject: "a|b", Pos: at, Message: "50% of *all*\n<b> | more", Remedy: "raise it"},
			{Rule: "mtu", Severity: Error, Subject: "nowhere", Message: "has no place"},
			{Rule: "mtu", Severity: Warning, Subject: "known", Pos: at, Message: "is known", Accepted: &Acceptance{"moving", "noc", "2030-01-01"}},
			{Rule: "mtu", Severity: Warning, Subject: "soft", Pos: at, Message: "wants a look"},
			{Rule: "mtu", Severity: Note, Subject: "quiet", Pos: at, Message: "is for comparison"},
		},
	}
}

func written(t *testing.T, format string, r *Report) string {
	t.Helper()
	kind, ok := Formats.Lookup(format)
	require.True(t, ok)
	var out bytes.Buffer
	require.NoError(t, kind.New()(&out, r))
	return out.String()
}

func TestWhatFails(t *testing.T) {
	for name, c := range map[string]struct {
		f     Finding
		fails []FailOn
	}{
		"error":              {Finding{Severity: Error}, []FailOn{FailOnError, FailOnWarning}},
		"warning":            {Finding{Severity: Warning}, []FailOn{FailOnWarning}},
		"note":               {Finding{Severity: Note, Change: Worse}, nil},
		"accepted":           {Finding{Severity: Error, Change: New, Accepted: &Acceptance{}}, nil},
		"new error":          {Finding{Severity: Error, Change: New}, []FailOn{FailOnError, FailOnWarning, FailOnWorse}},
		"worse warning":      {Finding{Severity: Warning, Change: Worse}, []FailOn{FailOnWarning, FailOnWorse}},
		"error as before":    {Finding{Severity: Error, Change: Same}, []FailOn{FailOnError, FailOnWarning}},
		"better than it was": {Finding{Severity: Warning, Change: Better}, []FailOn{FailOnWarning}},
	} {
		for _, on := range FailOns {
			r := &Report{FailOn: FailOn(on), Findings: []Finding{c.f}}
			want := false
			for _, x := range c.fails {
				want = want || x == FailOn(on)
			}
			assert.Equal(t, want, r.Failed(), "%s, fail on %s", name, on)
		}
	}
}

func TestErrorsComeFirstAndThenTheFile(t *testing.T) {
	at := func(line int) yamlfile.Pos { return yamlfile.Pos{File: "f", Line: line} }
	all := []Finding{{Severity: Note}, {Severity: Warning, Pos: at(1)}, {Severity: Error, Pos: at(9)}, {Severity: Error, Pos: at(2)}}
	Sort(all)
	assert.Equal(t, "error 2, error 9, warning 1, note 0", strings.Join([]string{line(all[0]), line(all[1]), line(all[2]), line(all[3])}, ", "))
}

func line(f Finding) string { return fmt.Sprintf("%s %d", f.Severity, f.Pos.Line) }

func TestGitHubReadsOneCommandALine(t *testing.T) {
	assert.Equal(t, `::error file=sub/a%2Cb%3Ac.yaml,line=2,col=1,title=dcdrill mtu::50%25 of *all*%0A<b> | more. To put it right: raise it.
::error title=dcdrill mtu::has no place.
::warning file=sub/a%2Cb%3Ac.yaml,line=2,col=1,title=dcdrill mtu::wants a look.
DOES NOT HOLD: 2 errors, 1 warning and 1 accepted finding
`, written(t, "github", mixed(t)))
}

func TestMarkdownKeepsItsTable(t *testing.T) {
	out := written(t, "markdown", mixed(t))
	assert.Contains(t, out, "| error | `sub/a,b:c.yaml:2` | 50% of \\*all\\* &lt;b> \\| more. To put it right: raise it.<br>`mtu a\\|b` |\n")
	assert.Contains(t, out, "| error |  | has no place.<br>`mtu nowhere` |\n")
	assert.NotContains(t, out, "is known")
	many := mixed(t)
	for range 2 * mostInMarkdown {
		many.Findings = append(many.Findings, many.Findings[0])
	}
	out = written(t, "markdown", many)
	assert.Contains(t, out, fmt.Sprintf("and %d more", 2*mostInMarkdown+3-mostInMarkdown))
	assert.Less(t, len(out), 65536)
}

func TestJUnitHasACaseForEveryFindingAndEveryQuietRule(t *testing.T) {
	var back struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Skipped  int `xml:"skipped,attr"`
			Cases    []struct {
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Skipped *struct {
					Message string `xml:"message,attr"`
				} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal([]byte(written(t, "junit", mixed(t))), &back))
	s := back.Suites[0]
	assert.Equal(t, [3]int{5, 2, 2}, [3]int{s.Tests, s.Failures, s.Skipped})
	assert.NotNil(t, s.Cases[0].Failure)
	assert.Equal(t, "is known (accepted until 2030-01-01 by noc: moving)", s.Cases[2].Skipped.Message)
	assert.Equal(t, "nothing: finds nothing", s.Cases[4].Name)
	assert.Nil(t, s.Cases[4].Failure)
}

func TestSARIFSuppressesWhatIsAccepted(t *testing.T) {
	var back struct {
		Runs []struct {
			Results []struct {
				Level        string
				Locations    []any
				Suppressions []struct{ Justification string }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(written(t, "sarif", mixed(t))), &back))
	results := back.Runs[0].Results
	require.Len(t, results, 4, "no notes")
	assert.Empty(t, results[1].Locations, "what has no place gets none")
	assert.Equal(t, "moving (noc, until 2030-01-01)", results[3].Suppressions[0].Justification)
	assert.Empty(t, results[0].Suppressions)
}

func TestCodeQualityGivesEveryIssueAPlace(t *testing.T) {
	var back []struct {
		Severity    string
		Fingerprint string
		Location    struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(written(t, "codequality", mixed(t))), &back))
	require.Len(t, back, 3)
	assert.Equal(t, "sub/a,b:c.yaml", back[0].Location.Path)
	assert.Equal(t, "p.yaml", back[1].Location.Path)
	assert.Equal(t, 1, back[1].Location.Lines.Begin)
	assert.NotEqual(t, back[0].Fingerprint, back[1].Fingerprint)
	assert.Equal(t, "critical critical minor", back[0].Severity+" "+back[1].Severity+" "+back[2].Severity)
}

func TestJSONTellsAll(t *testing.T) {
	var back struct {
		Schema   string
		Holds    bool
		Findings []struct {
			Severity, Fingerprint string
			Fails                 bool
			Accepted              *Acceptance
		}
	}
	require.NoError(t, json.Unmarshal([]byte(written(t, "json", mixed(t))), &back))
	assert.Equal(t, Schema, back.Schema)
	assert.False(t, back.Holds)
	require.Len(t, back.Findings, 5)
	assert.Equal(t, "mtu known", back.Findings[2].Fingerprint)
	assert.Equal(t, "noc", back.Findings[2].Accepted.Owner)
	assert.True(t, back.Findings[0].Fails)
	assert.False(t, back.Findings[2].Fails)
	assert.Equal(t, "note", back.Findings[4].Severity)
}

func TestFilesAreNamedAsCISystemsDo(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	assert.Equal(t, "sub/plant.yaml", slashed("./sub/plant.yaml"))
	assert.Equal(t, "sub/plant.yaml", slashed(filepath.Join(here, "sub", "plant.yaml")))
	outside := filepath.Join(filepath.Dir(here), "plant.yaml")
	assert.Equal(t, filepath.ToSlash(outside), slashed(outside), "what is elsewhere keeps its whole name")
}

func TestThePageOfFindings(t *testing.T) {
	r := mixed(t)
	r.Findings[0].Workloads = []string{"web", "mail"}
	text := written(t, "html", r)
	for _, want := range []string{
		"50% of *all*\n&lt;b&gt; | more", "Do: raise it", `<pre>two: 2</pre>`, "accepted until 2030-01-01 by noc: moving",
		`<li id="finding-1"`, `<a href="#workload-web">web</a>`, `<tr id="workload-mail">`, `<a href="#finding-1">a|b</a>`,
		"Any one failure. DOES NOT HOLD: 2 errors, 1 warning and 1 accepted finding.",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "http://", "it needs no network")
	assert.NotContains(t, text, "https://", "it needs no network")

	file := filepath.Join(t.TempDir(), "findings.html")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	p := browser.Open(t, browser.Phone, browser.File(file))
	p.Click(`a[href="#workload-web"]`)
	p.Until(`location.hash == "#workload-web"`)
	p.Fits()
	p.Accessible()
	p.Clean()
}

// recoveredFrom is a report with a recovery of each sort: found and not, with more workloads than are seen at once, with
// nobody gone, and waited for in vain.
func recoveredFrom(t *testing.T) *Report {
	r := mixed(t)
	r.FailOn = FailOnNothing
	r.Findings[0].Workloads = []string{"web"}
	many := []Outage{{"web", "for good"}}
	for _, name := range []string{"mail", "files", "phones", "backup", "print"} {
		many = append(many, Outage{name, "4h6m"})
	}
	r.Recoveries = &Recoveries{Asked: "3 of 9 sets, with <these> people.", All: []Recovery{
		{What: "a|b", Found: "mtu a|b", Gone: many, Longest: "optic: waiting", Took: "4h", Stuck: "swap waits for optic"},
		{What: "all of core (shared change and firmware)", Gone: []Outage{{"web", "1h"}}, Longest: "core1 rebooting", Took: "58m"},
		{What: "link stor-a", Gone: nil},
	}}
	return r
}

// TestThePageHasTheWorstRecoveries: each in a row, linked to its finding and to the workloads that the page knows.
func TestThePageHasTheWorstRecoveries(t *testing.T) {
	text := written(t, "html", recoveredFrom(t))
	assert.NotContains(t, written(t, "html", mixed(t)), "Worst recoveries", "nobody was asked to recover")
	assert.Contains(t, text, "3 of 9 sets, with &lt;these&gt; people.")
	assert.NotContains(t, text, "Nothing was accepted", "a sweep has nothing that could be accepted")

	file := filepath.Join(t.TempDir(), "findings.html")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	p := browser.Open(t, browser.Phone, browser.File(file))
	assert.Equal(t, []string{
		"what fails|gone for, and the longest part of it|workloads",
		"a|b|for good,4h optic: waiting,in vain: swap waits for optic|web for good,mail 4h6m,files 4h6m,phones 4h6m,and 2 more,backup 4h6m,print 4h6m",
		"all of core (shared change and firmware)|1h,58m core1 rebooting|web 1h",
		"link stor-a|-|nobody is gone",
	}, browser.Get[[]string](p, tableWords))
	assert.Equal(t, []string{"recovery-1", "recovery-2", "recovery-3"}, browser.Get[[]string](p, `[...document.querySelectorAll("#fore-recoveries tbody tr")].map(r => r.id)`))
	assert.Equal(t, []string{"#finding-1", "#workload-web", "#workload-web"}, browser.Get[[]string](p, `[...document.querySelectorAll("#fore-recoveries tbody a")].map(a => a.getAttribute("href"))`))
	p.Click(`#recovery-1 th a`)
	p.Until(`location.hash == "#finding-1"`)
	for _, dark := range []bool{false, true} {
		p.Dark(dark)
		p.Fits()
		p.Accessible()
	}
	p.Clean()
}

// tableWords are the rows of the recoveries as words, with strokes between their cells.
const tableWords = `[...document.querySelectorAll("#fore-recoveries tr")].map(r => [...r.cells].map(c => {
  const parts = c.querySelectorAll("li, summary, p");
  const own = [...c.childNodes].filter(n => !n.querySelector?.("li, summary") && n.nodeName != "P").map(n => n.textContent).join("").trim();
  return [own, ...[...parts].map(x => x.textContent.trim())].filter(x => x).join(",");
}).join("|"))`
