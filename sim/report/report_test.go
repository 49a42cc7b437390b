package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

var rewrite = flag.Bool("rewrite", false, "write the golden reports anew")

func logs(t *testing.T) map[string]*sim.Log {
	t.Helper()
	files, err := filepath.Glob("../../testdata/logs/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string]*sim.Log{}
	for _, name := range files {
		file, err := os.Open(name)
		require.NoError(t, err)
		log, cut, err := sim.ReadLog(file)
		require.NoError(t, errorsOf(err, file.Close()))
		require.False(t, cut)
		all[strings.TrimSuffix(filepath.Base(name), ".jsonl")] = log
	}
	all["troubled"] = troubled()
	return all
}

func errorsOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// troubled is a log of all that makes a report say more: doubts, jumps, skew, figures, open outages, odd characters.
func troubled() *sim.Log {
	var now time.Duration
	log := sim.NewLog(func() time.Duration { return now }, nil)
	log.Add(0, "", sim.HeaderData{
		Format: sim.Format, World: "kernel", Scenario: "troubled", Story: "A <story> & more.\x01", Plant: "p: 3 nodes, 2 links", Seed: 7,
		Start:        "2023-06-01T13:00:00-05:00",
		Uses:         []sim.UseData{{ID: "web", Kind: "http", Members: 3, Tolerates: sim.Seconds(time.Second)}, {ID: "calm", Kind: "reach", Members: 1, Inferred: true}},
		Entries:      []sim.EntryData{{ID: "a", Kind: "reboot", Text: "reboot core"}, {ID: "b", Kind: "cut", Text: "cut north"}},
		Capabilities: []sim.Capability{{Name: "bonds", Status: sim.Emulated}}, Notes: []string{"a note"},
	})
	log.Add(0, "", sim.SteadyData{Members: 4})
	fault := log.Add(0, "a", sim.FaultData{Fault: "reboot", Text: "reboot core", By: "noc", For: sim.Seconds(time.Minute)})
	stage := log.Add(fault, "core1", sim.StageData{Stage: "off"})
	log.Add(fault, "", sim.SkewData{Members: 2, Forwarding: sim.Seconds(210 * time.Microsecond), Carrier: sim.Seconds(3 * time.Millisecond), Resolution: sim.Seconds(50 * time.Microsecond)})
	now = 20 * time.Millisecond
	down := log.Add(stage, "web/1", sim.DownData{Since: 0})
	log.Add(stage, "web/3", sim.DownData{Since: sim.Seconds(5 * time.Millisecond)})
	for _, m := range []string{"web/1", "web/2", "calm"} {
		log.Add(0, m, sim.StarvedData{Late: sim.Seconds(300 * time.Millisecond)})
	}
	log.Add(0, "b", sim.UnprovenData{Missing: "no effect of it was seen"})
	now = 5 * time.Second
	log.Add(0, "", sim.JumpData{From: sim.Seconds(5 * time.Second), To: sim.Seconds(5 * time.Minute)})
	now = 6 * time.Minute
	log.Add(down, "web/1", sim.UpData{From: 0, To: sim.Seconds(now), Resolution: sim.Seconds(10 * time.Millisecond)})
	log.Add(down, "web/1", sim.ReconnectData{})
	log.Add(0, "web/1", sim.StatsData{Asked: 100, Answered: 90, P50: sim.Seconds(time.Millisecond), P99: sim.Seconds(20 * time.Millisecond)})
	log.Add(0, "web/1", sim.BoundsData{Outages: 1, Least: sim.Seconds(5 * time.Minute), Most: sim.Seconds(7 * time.Minute)})
	log.Add(down, "web", sim.BlameData{Entries: []string{"a", "b"}, Outage: sim.Seconds(6 * time.Minute)})
	log.Add(0, "", sim.EndData{Reason: "played", Real: map[string]sim.Seconds{"build": sim.Seconds(time.Second), "play": sim.Seconds(9 * time.Second)}})
	log.Add(0, "web", sim.VerdictData{Part: "survive", Workload: "web", Outcome: sim.Failed, Want: "longest outage <= 1s", Got: "6m0s"})
	log.Add(0, "calm", sim.VerdictData{Part: "survive", Workload: "calm", Outcome: sim.Passed, Want: "longest outage <= 1s", Got: "no outage"})
	log.Add(0, "dark", sim.VerdictData{Part: "expect", Outcome: sim.Passed, Want: "a", Got: "b", Evidence: []int{6}})
	log.Add(0, "odd <&>\x02", sim.VerdictData{Part: "expect", Outcome: sim.Failed, Want: "x > \"y\"", Got: "z"})
	log.Add(0, "dunno", sim.VerdictData{Part: "expect", Outcome: sim.Inconclusive, Want: "x", Got: "nothing known"})
	return log
}

// TestGoldenReports compares every format of every log with what a person looked at and found good.
func TestGoldenReports(t *testing.T) {
	for name, log := range logs(t) {
		for _, k := range Formats.Kinds() {
			if k.Name == "html" {
				continue // its tests look at what is in the page, not at its bytes
			}
			t.Run(name+"/"+k.Name, func(t *testing.T) {
				var out bytes.Buffer
				require.NoError(t, k.New()(&out, Read(log), Style{}))
				golden := filepath.Join("testdata", name+"."+k.Name)
				if *rewrite {
					require.NoError(t, os.MkdirAll("testdata", 0o755))
					require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o644))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err)
				assert.Equal(t, string(want), out.String())
			})
		}
	}
}

// TestNoReportSaysPassAlone: SURVIVED and AS EXPECTED are two answers, and neither is PASS.
func TestNoReportSaysPassAlone(t *testing.T) {
	for name, log := range logs(t) {
		var out bytes.Buffer
		require.NoError(t, Text(&out, Read(log), Style{Color: true}))
		assert.NotContains(t, strings.ToUpper(out.String()), "PASS", name)
	}
}

func TestTextIsNarrowAndItsColoursTakeNoRoom(t *testing.T) {
	for name, log := range logs(t) {
		var plain, colored bytes.Buffer
		require.NoError(t, Text(&plain, Read(log), Style{}))
		require.NoError(t, Text(&colored, Read(log), Style{Color: true}))
		for _, line := range strings.Split(plain.String(), "\n") {
			assert.LessOrEqual(t, visible(line), widest+20, "%s: %s", name, line)
			assert.Equal(t, strings.TrimRight(line, " "), line, name)
		}
		stripped := colored.String()
		for _, code := range []string{boldCode, faintCode, redCode, greenCode, boldCode + ";" + redCode, boldCode + ";" + greenCode, "0"} {
			stripped = strings.ReplaceAll(stripped, "\x1b["+code+"m", "")
		}
		assert.Equal(t, plain.String(), stripped, name)
	}
}

func TestTheTwoAnswersComeFirstAndInOrder(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Text(&out, Read(logs(t)["core-pair-one-returns"]), Style{}))
	text := out.String()
	survived, expected := strings.Index(text, "SURVIVED 2 of 8 workloads\n"), strings.Index(text, "AS EXPECTED 3 of 3\n")
	require.Positive(t, survived)
	require.Positive(t, expected)
	assert.Less(t, survived, expected)
	assert.Less(t, expected, strings.Index(text, "Gone:"))
}

func TestJSONIsWhatItsSchemaNamesAndReadsBack(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, writeJSON(&out, Read(troubled()), Style{}))
	var back map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &back))
	assert.Equal(t, "dcdrill/report/v1", back["schema"])
	assert.Equal(t, "inconclusive", back["finding"])
	assert.EqualValues(t, 4, back["exit_code"])
	web := back["workloads"].([]any)[0].(map[string]any)
	assert.EqualValues(t, 360, web["longest"].(map[string]any)["to"])
	assert.Equal(t, []any{[]any{"a", "b"}}, web["blame"])
}

func TestJUnitIsXMLAndCountsItsCases(t *testing.T) {
	for name, log := range logs(t) {
		var out bytes.Buffer
		r := Read(log)
		require.NoError(t, writeJUnit(&out, r, Style{}))
		var back struct {
			Suites []JUnitSuite `xml:"testsuite"`
		}
		require.NoError(t, xml.Unmarshal(out.Bytes(), &back), name)
		cases, red := 0, 0
		for _, s := range back.Suites {
			assert.Len(t, s.Cases, s.Tests)
			cases += s.Tests
			red += s.Failures + s.Errors
		}
		assert.Equal(t, len(r.Verdicts)+1, cases, "a case for each verdict, and one for the run")
		assert.Equal(t, r.ExitCode == sim.ExitAsAsked, red == 0, name)
	}
}

func TestLogCutShortIsInterrupted(t *testing.T) {
	whole := logs(t)["core-pair-one-returns"]
	log := sim.NewLog(nil, nil)
	for _, e := range whole.Events()[:40] {
		require.NoError(t, log.Take(e))
	}
	r := Read(log)
	assert.Equal(t, Interrupted, r.Finding)
	assert.Equal(t, 130, r.ExitCode)
	var out bytes.Buffer
	require.NoError(t, Text(&out, r, Style{}))
	assert.Contains(t, out.String(), "INTERRUPTED at ")
	assert.NotContains(t, out.String(), "SURVIVED")

	early := sim.NewLog(nil, nil)
	require.NoError(t, early.Take(whole.Events()[0]))
	out.Reset()
	require.NoError(t, Text(&out, Read(early), Style{}))
	assert.Contains(t, out.String(), "INTERRUPTED before the first fault")
}

func TestNarrowTerminalsGetNarrowText(t *testing.T) {
	var out bytes.Buffer
	r := Read(logs(t)["core-pair-one-returns"])
	require.NoError(t, Text(&out, r, Style{Width: 60}))
	story := strings.Split(out.String(), "\n\n")[0]
	_, text, _ := strings.Cut(story, "\n") // the head is one line
	require.NotEmpty(t, text)
	for _, line := range strings.Split(text, "\n") {
		assert.LessOrEqual(t, visible(line), 60, line)
	}
}

func TestRepeatedHappeningsAreToldOnce(t *testing.T) {
	var now time.Duration
	log := sim.NewLog(func() time.Duration { return now }, nil)
	log.Add(0, "", sim.SteadyData{Members: 1})
	for i := range 6 {
		now = time.Duration(i) * time.Second
		log.Add(0, "a:1", sim.CarrierData{Up: false})
		now += 300 * time.Millisecond
		log.Add(0, "a:1", sim.CarrierData{Up: true})
	}
	now += time.Minute
	log.Add(0, "a", sim.StageData{Stage: "off"})
	var told []string
	story := Story{Tell: func(m Moment) { told = append(told, Clock(m.At)+" "+m.Text) }}
	for _, e := range log.Events() {
		story.Feed(e)
	}
	story.End()
	assert.Equal(t, []string{
		"0s a:1: no carrier", "0s a:1: carrier back", "1s the same 5 times more, until 5s", "1m5.3s a: off",
	}, told)
}

func TestBlameIsSaidOnce(t *testing.T) {
	sets := [][]string{{"a"}, {"a", "b"}, {"b", "c"}, {"a"}}
	var covers []bool
	for i := range sets {
		covers = append(covers, coversAnother(sets, i))
	}
	assert.Equal(t, []bool{false, true, false, false}, covers)
}
