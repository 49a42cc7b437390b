package gate

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

// changed holds a plant against what it was.
func changed(t *testing.T, before, after string) *finding.Report {
	t.Helper()
	o := Options{Today: today, Depth: 2}
	was, err := Snapshot(context.Background(), read(t, before), o)
	require.NoError(t, err)
	r, err := Check(context.Background(), read(t, after), o)
	require.NoError(t, err)
	r.Command, r.FailOn = "diff", finding.FailOnWorse
	Against(r, &Base{Name: "main:plant.yaml", Findings: was.Findings, Touched: Touched(before, after)})
	return r
}

// oneDuct is the two-core plant, and the same with both storage links moved into one conduit.
func oneDuct(t *testing.T) (before, after string) {
	t.Helper()
	before, err := topology.Text("two-core")
	require.NoError(t, err)
	return before, strings.ReplaceAll(before, "batch: 2019w14}", "batch: 2019w14, conduit: south-duct}")
}

// shown finds where a format says that a finding is: file, line and column, the last 0 where the format has none.
var shown = map[string]func(t *testing.T, out []byte) [3]any{
	"text":     by(`(?m)^(.+):(\d+):(\d+): error \(new\): san says that one of its members is enough, yet conduit south-duct`),
	"github":   by(`(?m)^::error file=(.+),line=(\d+),col=(\d+),title=dcdrill shared-fate::san says .* yet conduit south-duct`),
	"markdown": by("(?m)^\\| error \\(new\\) \\| `(.+):(\\d+)()` \\| san says .* yet conduit south-duct"),
	"html":     by(`<strong>error \(new\):</strong> san says [^<]* yet conduit south-duct [^<]*</p>\s*<p class="note">([^:<]+):(\d+):(\d+)</p>`),
	"json": func(t *testing.T, out []byte) [3]any {
		var back struct {
			Holds    bool
			Findings []struct {
				Change string
				Fails  bool
				At     struct {
					File         string
					Line, Column int
				}
			}
		}
		require.NoError(t, json.Unmarshal(out, &back))
		assert.False(t, back.Holds)
		var at [][3]any
		for _, f := range back.Findings {
			if f.Fails {
				assert.Equal(t, "new", f.Change)
				at = append(at, [3]any{f.At.File, f.At.Line, f.At.Column})
			}
		}
		require.Len(t, at, 1)
		return at[0]
	},
	"junit": func(t *testing.T, out []byte) [3]any {
		var back struct {
			Suites []struct {
				Failures int `xml:"failures,attr"`
				Cases    []struct {
					File    string    `xml:"file,attr"`
					Line    int       `xml:"line,attr"`
					Failure *struct{} `xml:"failure"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		require.NoError(t, xml.Unmarshal(out, &back))
		require.Len(t, back.Suites, 1)
		assert.Equal(t, 1, back.Suites[0].Failures)
		for _, c := range back.Suites[0].Cases {
			if c.Failure != nil {
				return [3]any{c.File, c.Line, 0}
			}
		}
		return [3]any{}
	},
	"sarif": func(t *testing.T, out []byte) [3]any {
		names := json.NewDecoder(bytes.NewReader(out))
		names.DisallowUnknownFields()
		require.NoError(t, names.Decode(&sarif.Report{}))
		back, err := sarif.FromBytes(out)
		require.NoError(t, err)
		// What is left out has a default in the schema, and an empty value in the library, which it then refuses.
		back.Runs[0].Language, back.Runs[0].Tool.Driver.Language, back.Runs[0].NewlineSequences = "en-US", "en-US", []string{"\n"}
		require.NoError(t, back.Validate())
		errors := slices.DeleteFunc(back.Runs[0].Results, func(r *sarif.Result) bool { return r.Level != "error" })
		require.Len(t, errors, 1)
		r := errors[0]
		assert.Equal(t, "new", *r.BaselineState)
		assert.Equal(t, "shared-fate", *back.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID)
		assert.Equal(t, "shared-fate san: conduit south-duct", r.PartialFingerprints["dcdrill/v1"])
		at := r.Locations[0].PhysicalLocation
		return [3]any{*at.ArtifactLocation.URI, *at.Region.StartLine, *at.Region.StartColumn}
	},
	"codequality": func(t *testing.T, out []byte) [3]any {
		var back []codeQualityIssue
		require.NoError(t, json.Unmarshal(out, &back))
		back = slices.DeleteFunc(back, func(x codeQualityIssue) bool { return x.Severity != "critical" })
		require.Len(t, back, 1)
		assert.Regexp(t, "^[0-9a-f]{32}$", back[0].Fingerprint)
		return [3]any{back[0].Location.Path, back[0].Location.Lines.Begin, 0}
	},
}

type codeQualityIssue struct {
	Severity, Fingerprint string
	Location              struct {
		Path  string
		Lines struct{ Begin int }
	}
}

// by reads file, line and column from a line that must be there once.
func by(pattern string) func(*testing.T, []byte) [3]any {
	return func(t *testing.T, out []byte) [3]any {
		all := regexp.MustCompile(pattern).FindAllSubmatch(out, -1)
		require.Len(t, all, 1, "%s", out)
		line, _ := strconv.Atoi(string(all[0][2]))
		column, _ := strconv.Atoi(string(all[0][3]))
		return [3]any{string(all[0][1]), line, column}
	}
}

func TestBothStorageLinksInOneConduitFailTheGateAtTheirLine(t *testing.T) {
	before, after := oneDuct(t)
	r := changed(t, before, after)
	assert.True(t, r.Failed())
	line := 0
	for i, text := range strings.Split(after, "\n") {
		if strings.Contains(text, "    stor-b:") {
			line = i + 1
			assert.Contains(t, text, "conduit: south-duct")
		}
	}
	column := strings.Index(strings.Split(after, "\n")[line-1], "south-duct") + 1
	for _, k := range finding.Formats.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, k.New()(&out, r))
			require.NotNil(t, shown[k.Name], "nobody says how this format shows a place")
			got := shown[k.Name](t, out.Bytes())
			assert.Equal(t, [2]any{"plant.yaml", line}, [2]any{got[0], got[1]})
			if got[2] != 0 {
				assert.Equal(t, column, got[2])
			}
		})
	}
}

func TestTheLineThatWasChangedIsToBlame(t *testing.T) {
	_, both := oneDuct(t)
	// The base has stor-b in the duct; the change moves stor-a there, which stands before it.
	before := strings.Replace(both, ", conduit: south-duct}", "}", 1)
	r := changed(t, before, both)
	for _, f := range r.Findings {
		if f.Change == finding.New && f.Severity == finding.Error {
			assert.Contains(t, f.Pos.Source(), "stor-a:")
			assert.Contains(t, f.Also[0].Source(), "stor-b:")
		}
	}
	assert.True(t, r.Failed())
}

func TestTheLineIsToBlameThatReadsAsAnother(t *testing.T) {
	const block = "san-a: {subnet: 10.0.1.0/24}, san-b: {subnet: 10.0.2.0/24}"
	plant := func(a, b string) string {
		return strings.NewReplacer("A", a, "B", b).Replace(`
networks: {` + block + `}
topology:
  nodes:
    sw1: {kind: switch}
    sw2: {kind: switch}
    h: {kind: host, ports: {e0: {to: sw1, networks: [san-a]}, e1: {to: sw2, networks: [san-b]}}}
    array: {kind: storage}
  links:
    s1:
      endpoints: [sw1, array]
      networks: [san-a]A
    s2:
      endpoints: [sw2, array]
      networks: [san-b]B
workloads:
  storage: {kind: reach, from: h, to: array, networks: [san-a, san-b]}
`)
	}
	const duct = "\n      conduit: duct"
	r := changed(t, plant("", duct), plant(duct, duct))
	var at []string
	for _, f := range r.Findings {
		if f.Subject == "conduit duct" {
			at = append(at, f.Pos.String())
		}
	}
	assert.Equal(t, []string{"plant.yaml:13:16"}, at, "the other line was there, word for word")
}

func TestTouchedLines(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          []int
	}{
		{"a\nb\nc\n", "a\nb\nc\n", nil},
		{"a\nb\nc\n", "a\nx\nc\n", []int{2}},
		{"a\nb\n", "x\na\nb\n", []int{1}},
		{"a\nb\nc\n", "a\nc\n", nil},
		{"a\nb", "a\nb\nc", []int{2, 3}}, // the old last line had no end
		{"", "a\n", []int{1}},
		{"a\n", "", nil},
	} {
		assert.Equal(t, c.want, slices.Sorted(maps.Keys(Touched(c.before, c.after))), "%q to %q", c.before, c.after)
	}
}

func TestTheWayBackIsBetter(t *testing.T) {
	before, after := oneDuct(t)
	r := changed(t, after, before)
	assert.False(t, r.Failed())
	require.Len(t, r.Gone, 1)
	assert.Equal(t, "shared-fate san: conduit south-duct", r.Gone[0].Fingerprint())
}

func TestNothingChangedIsNothingWorse(t *testing.T) {
	before, _ := oneDuct(t)
	r := changed(t, before, "# a comment, so that every line moves\n"+before)
	assert.False(t, r.Failed())
	assert.Empty(t, r.Gone)
	for _, f := range r.Findings {
		assert.Equal(t, finding.Same, f.Change, f.Fingerprint())
	}
}

func TestOneMoreOfAFamilyIsNothingNew(t *testing.T) {
	before, _ := oneDuct(t)
	more := strings.Replace(before, "count: 2\n      feeds: [a]", "count: 3\n      feeds: [a]", 1)
	require.NotEqual(t, before, more)
	r := changed(t, before, more)
	for _, f := range r.Findings {
		if f.Rule == "single-point" {
			assert.Equal(t, finding.Same, f.Change, f.Message)
		}
	}
	assert.False(t, r.Failed())
}

func TestABaselineIsReadAsItWasWritten(t *testing.T) {
	before, after := oneDuct(t)
	was := check(t, before, "")
	var file bytes.Buffer
	require.NoError(t, WriteBaseline(&file, was))
	base, err := ReadBaseline("known.json", file.Bytes())
	require.NoError(t, err)

	same := check(t, before, "")
	Against(same, base)
	for _, f := range same.Findings {
		assert.Equal(t, finding.Same, f.Change, f.Fingerprint())
	}
	worse := check(t, after, "")
	worse.FailOn = finding.FailOnWorse
	Against(worse, base)
	assert.True(t, worse.Failed())

	_, err = ReadBaseline("known.json", []byte(`{"schema": "dcdrill/report/v1", "findings": []}`))
	assert.ErrorContains(t, err, "known.json:1:12: this is no dcdrill/baseline/v1 but a dcdrill/report/v1")
	_, err = ReadBaseline("known.json", []byte(`{"schema": "dcdrill/baseline/v1", "findings": [{"fingerprint": "x"}]}`))
	assert.ErrorContains(t, err, `known.json:1:48: "severity" is missing here`)
}

func TestNotesThatAreGoneAreNoNews(t *testing.T) {
	r := &finding.Report{}
	Against(r, &Base{Findings: []finding.Finding{{Rule: "a", Severity: finding.Note}, {Rule: "b", Severity: finding.Warning}}})
	require.Len(t, r.Gone, 1)
	assert.Equal(t, "b", r.Gone[0].Rule)
}

func TestWhatIsWorse(t *testing.T) {
	was := finding.Finding{Severity: finding.Warning, Workloads: []string{"a", "b"}, Measure: 2, Parts: []string{"x"}}
	for name, c := range map[string]struct {
		now  func(*finding.Finding)
		want finding.Change
	}{
		"same":             {func(*finding.Finding) {}, finding.Same},
		"severity":         {func(f *finding.Finding) { f.Severity = finding.Error }, finding.Worse},
		"measure":          {func(f *finding.Finding) { f.Measure = 3 }, finding.Worse},
		"workload":         {func(f *finding.Finding) { f.Workloads = []string{"b", "a", "c"} }, finding.Worse},
		"another workload": {func(f *finding.Finding) { f.Workloads = []string{"c"} }, finding.Worse},
		"part":             {func(f *finding.Finding) { f.Parts = []string{"y"} }, finding.Worse},
		"fewer parts":      {func(f *finding.Finding) { f.Parts = nil }, finding.Same},
		"less":             {func(f *finding.Finding) { f.Measure = 1 }, finding.Better},
		"fewer":            {func(f *finding.Finding) { f.Workloads = []string{"b"} }, finding.Better},
		"milder":           {func(f *finding.Finding) { f.Severity = finding.Note }, finding.Better},
	} {
		now := was
		c.now(&now)
		compare(&now, &was)
		assert.Equal(t, c.want, now.Change, name)
	}
}

// FuzzBaseline looks for baselines that crash the reader or a comparison.
func FuzzBaseline(f *testing.F) {
	f.Add(`{"schema": "dcdrill/baseline/v1", "plant": "p", "findings": [{"fingerprint": "mtu x", "severity": "error", "measure": 1, "workloads": ["a"]}]}`)
	f.Add(`{"schema": "dcdrill/baseline/v1", "findings": {}}`)
	f.Fuzz(func(t *testing.T, text string) {
		base, err := ReadBaseline("known.json", []byte(text))
		if err != nil {
			return
		}
		r := &finding.Report{Findings: []finding.Finding{{Rule: "mtu", Subject: "x", Severity: finding.Error}}}
		Against(r, base)
		assert.LessOrEqual(t, len(r.Gone), len(base.Findings))
	})
}
