package report

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/dcdrill/dcdrill/sim"
)

// tenHours is a log of 300 virtual machines that lose their storage for a night: stalled, failed, switched off, booted
// one after the other, a few of them repaired. It is as long as such logs are.
func tenHours(t testing.TB, members int) *sim.Log {
	t.Helper()
	plant, err := os.ReadFile("../../topology/two-core.yaml")
	require.NoError(t, err)
	var now time.Duration
	log := sim.NewLog(func() time.Duration { return now }, nil)
	use := sim.UseData{ID: "vms", Kind: "vm", Members: members, Watches: []string{"ping"}, Tolerates: sim.Seconds(time.Minute)}
	log.Add(0, "", sim.HeaderData{
		Format: sim.Format, Program: "dcdrill test", World: "model", Scenario: "ten-hours", Plant: "two-core: 13 nodes, 26 links",
		Topology: string(plant), Uses: []sim.UseData{use}, Question: true,
		Entries: []sim.EntryData{{ID: "paste", Kind: "reboot", Text: "reboot core"}, {ID: "optics", Kind: "optic-dead", Text: "optic-dead stor-a stor-b"}},
	})
	log.Add(0, "", sim.SteadyData{Members: members})
	fault := log.Add(0, "paste", sim.FaultData{Fault: "reboot", Text: "reboot core", For: sim.Seconds(6 * time.Minute)})
	log.Add(fault, "core1", sim.StageData{Stage: "off"})
	log.Add(fault, "core2", sim.StageData{Stage: "off"})
	downs := make([]int, members)
	for i, m := range use.Subjects() {
		now = time.Duration(i) * time.Millisecond
		downs[i] = log.Add(fault, m, sim.DownData{Since: sim.Seconds(now)})
		log.Add(downs[i], m, sim.GuestData{State: sim.GuestStalled, Why: "disk waits"})
	}
	now = 3 * time.Minute
	for i, m := range use.Subjects() {
		log.Add(downs[i], m, sim.GuestData{State: sim.GuestFailed, Why: "file system is read-only"})
	}
	now = 6 * time.Minute
	log.Add(fault, "core1", sim.StageData{Stage: "forwarding"})
	log.Add(fault, "core2", sim.StageData{Stage: "forwarding"})
	log.Add(fault, "paste", sim.HealedData{})
	log.Add(0, "", sim.JumpData{From: sim.Seconds(now), To: sim.Seconds(4 * time.Hour)})
	for i, m := range use.Subjects() {
		now = 4*time.Hour + time.Duration(i)*time.Minute
		log.Add(downs[i], m, sim.GuestData{State: sim.GuestOff})
		now += 20 * time.Second
		log.Add(downs[i], m, sim.GuestData{State: sim.GuestBooting})
		now += 2 * time.Minute
		if i%10 == 0 {
			log.Add(downs[i], m, sim.GuestData{State: sim.GuestBroken, Why: "fsck"})
			now += 30 * time.Minute
		}
		log.Add(downs[i], m, sim.GuestData{State: sim.GuestUp})
		log.Add(downs[i], m, sim.UpData{From: sim.Seconds(i) * sim.Seconds(time.Millisecond), To: sim.Seconds(now)})
	}
	now = 10 * time.Hour
	log.Add(0, "", sim.EndData{Reason: "played"})
	log.Add(0, "vms", sim.VerdictData{Part: "survive", Workload: "vms", Outcome: sim.Failed, Want: "longest outage <= 1m0s", Got: "vms/299: 9h"})
	return log
}

func rendered(t testing.TB, log *sim.Log) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, writeHTML(&out, Read(log), Style{}))
	return out.String()
}

// walk calls f with every element of a page.
func walk(t testing.TB, page string, f func(*html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			f(n)
		}
	}
}

// says and saysNot do not print the page when they fail: it is long.
func says(t testing.TB, page, text string) {
	t.Helper()
	assert.True(t, strings.Contains(page, text), "the page does not say %s", text)
}

func saysNot(t testing.TB, page, text string) {
	t.Helper()
	assert.False(t, strings.Contains(page, text), "the page says %s", text)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func pagesOfAll(t *testing.T) map[string]string {
	all := map[string]string{}
	for name, log := range logs(t) {
		all[name] = rendered(t, log)
	}
	all["ten-hours"] = rendered(t, tenHours(t, 300))
	return all
}

func TestPagesHaveEveryIDOnceAndEveryLinkLeadsSomewhere(t *testing.T) {
	for name, page := range pagesOfAll(t) {
		ids, links := map[string]bool{}, map[string]bool{}
		walk(t, page, func(n *html.Node) {
			if id := attribute(n, "id"); id != "" {
				assert.False(t, ids[id], "%s: id %s is there twice", name, id)
				ids[id] = true
			}
			links[attribute(n, "href")] = true
			links["#"+attribute(n, "data-cause")] = true
			for _, seq := range strings.Fields(attribute(n, "data-log")) {
				links["#e"+seq] = true
			}
		})
		delete(links, "")
		delete(links, "#")
		require.NotEmpty(t, links)
		for l := range links {
			assert.True(t, ids[strings.TrimPrefix(l, "#")], "%s: %s leads nowhere", name, l)
		}
	}
}

// TestPagesNeedNothingElse: no file, no network; and the policy would not let them.
func TestPagesNeedNothingElse(t *testing.T) {
	for name, page := range pagesOfAll(t) {
		says(t, page, `content="default-src &#39;none&#39;; style-src &#39;sha256-`)
		scripts := 0
		walk(t, page, func(n *html.Node) {
			for _, a := range n.Attr {
				assert.NotEqual(t, "src", a.Key, "%s: %s", name, a.Val)
				assert.False(t, a.Key == "style" || strings.HasPrefix(a.Key, "on"), "%s: %s=%q is against the policy", name, a.Key, a.Val)
			}
			if n.Data == "script" && attribute(n, "type") == "" {
				scripts++
			}
		})
		assert.Equal(t, 1, scripts, name)
	}
}

func TestPagesGiveTheTwoAnswersFirst(t *testing.T) {
	page := rendered(t, logs(t)["core-pair-one-returns"])
	order := []string{"SURVIVED 2 of 8 workloads", "AS EXPECTED 3 of 3", ">Timeline<", ">What happened<", ">Where the time went<", ">Outages<", ">Expectations<", ">Measurements<", ">Log<"}
	last := strings.Index(page, "<main")
	for _, text := range order {
		at := last + strings.Index(page[last:], text)
		assert.Greater(t, at, last, "%s", text)
		last = at
	}
}

func TestWhatALogSaysIsNoMarkup(t *testing.T) {
	log := sim.NewLog(func() time.Duration { return 0 }, nil)
	evil := `"><script>alert(1)</script>`
	log.Add(0, "", sim.HeaderData{
		Format: sim.Format, Scenario: evil, Story: evil, Plant: evil, Topology: evil, World: evil,
		Uses: []sim.UseData{{ID: evil, Kind: evil, Members: 2}}, Entries: []sim.EntryData{{ID: evil, Kind: "x", Text: evil}}, Notes: []string{evil},
	})
	log.Add(0, "", sim.SteadyData{Members: 2})
	fault := log.Add(0, evil, sim.FaultData{Fault: "x", Text: evil, By: evil})
	log.Add(fault, evil, sim.OpticData{State: evil})
	log.Add(fault, evil+"/1", sim.DownData{})
	log.Add(0, "", sim.EndData{Reason: "played"})
	log.Add(0, evil, sim.VerdictData{Part: "expect", Outcome: sim.Failed, Want: evil, Got: evil})
	page := rendered(t, log)
	saysNot(t, page, "<script>alert")
	assert.Equal(t, 2, strings.Count(page, "</script>"), "the page's own: its script, and what it reads")
}

func TestPageOfALogThatIsCutShortSaysSo(t *testing.T) {
	whole := logs(t)["core-pair-reboot-kernel"]
	log := sim.NewLog(nil, nil)
	for _, e := range whole.Events()[:140] {
		require.NoError(t, log.Take(e))
	}
	page := rendered(t, log)
	says(t, page, "INTERRUPTED at ")
	says(t, page, "The log ends in the middle")
	saysNot(t, page, "SURVIVED")
}

// TestPageOfTenHoursIsSmall holds the size that a mail takes: under 3 MB for 300 virtual machines.
func TestPageOfTenHoursIsSmall(t *testing.T) {
	page := rendered(t, tenHours(t, 300))
	assert.Less(t, len(page), 3_000_000)
	lanes := 0
	walk(t, page, func(n *html.Node) {
		if strings.Contains(attribute(n, "class"), "lane member") {
			lanes++
		}
	})
	assert.Equal(t, 600, lanes, "a lane for every machine, and one for its ping")
}

func TestBandsCountTheirMembers(t *testing.T) {
	s := newSheet(Read(tenHours(t, 30)), nil)
	l := s.Groups[3].Lanes[0]
	require.Equal(t, "vms", l.Name)
	at := func(when time.Duration) string {
		for _, sp := range l.Spans {
			if sp.From <= when && when < sp.To {
				return sp.Text
			}
		}
		return ""
	}
	assert.Equal(t, "30 of 30 waits for its disk", at(2*time.Minute))
	assert.Equal(t, "30 of 30 failed", at(time.Hour))
	assert.Equal(t, "1 of 30 off, 2 of 30 booting, 26 of 30 failed, 1 of 30 needs repair", at(4*time.Hour+3*time.Minute+10*time.Second))
	assert.Empty(t, at(9*time.Hour))
	for _, sp := range l.Spans {
		high := 0.0
		for _, lv := range sp.Levels {
			var h float64
			_, err := fmt.Sscanf(lv.Height, "%f%%", &h)
			require.NoError(t, err)
			high += h
		}
		assert.LessOrEqual(t, high, 100.1)
	}
}

func TestManyPartsAreABand(t *testing.T) {
	log := sim.NewLog(func() time.Duration { return 0 }, nil)
	log.Add(0, "", sim.HeaderData{Format: sim.Format})
	log.Add(0, "", sim.SteadyData{Members: 1})
	for i := range mostParts + 1 {
		log.Add(0, fmt.Sprintf("leaf%d", i), sim.StageData{Stage: "off"})
	}
	parts := newSheet(Read(log), nil).Groups[2].Lanes
	require.Len(t, parts, 1)
	assert.Equal(t, "25 parts", parts[0].Name)
	assert.Len(t, parts[0].Members, mostParts+1)
	says(t, rendered(t, log), `id="part-leaf24"`)
}

// A fault that takes optics has no end of its own: it is over when somebody has replaced the last of them.
func TestAFaultEndsWithTheLastOpticThatIsReplaced(t *testing.T) {
	var now time.Duration
	log := sim.NewLog(func() time.Duration { return now }, nil)
	log.Add(0, "", sim.HeaderData{Format: sim.Format, Entries: []sim.EntryData{{ID: "optics", Kind: "optic-dead", Text: "optic-dead a b"}}})
	log.Add(0, "", sim.SteadyData{Members: 1})
	fault := log.Add(0, "optics", sim.FaultData{Fault: "optic-dead", Text: "optic-dead a b"})
	for _, port := range []string{"a:1", "b:1"} {
		log.Add(fault, port, sim.OpticData{State: "dead"})
	}
	for i, port := range []string{"a:1", "b:1"} {
		now = time.Duration(i+4) * time.Hour
		log.Add(log.Add(0, port, sim.ActionData{Do: "replace optic"}), port, sim.OpticData{State: "ok"})
	}
	now = 9 * time.Hour
	log.Add(0, "", sim.EndData{Reason: "played"})
	lane := newSheet(Read(log), nil).Groups[1].Lanes[0]
	require.Len(t, lane.Spans, 1)
	assert.False(t, lane.Spans[0].Open)
	assert.Equal(t, 5*time.Hour, lane.Spans[0].To)
	assert.Equal(t, "5h", lane.Sum)
}

func TestACheckThatRestsOnVeryMuchNamesTheFirst(t *testing.T) {
	log := sim.NewLog(func() time.Duration { return 0 }, nil)
	log.Add(0, "", sim.HeaderData{Format: sim.Format})
	log.Add(0, "", sim.SteadyData{Members: 1})
	log.Add(0, "", sim.EndData{Reason: "played"})
	many := make([]int, mostCites+5)
	for i := range many {
		many[i] = i%3 + 1
	}
	log.Add(0, "all", sim.VerdictData{Part: "expect", Outcome: sim.Passed, Want: "x", Got: "x", Evidence: many})
	says(t, rendered(t, log), "and 5 more")
}

// putRight is a log of an incident that people put right, with where the time went.
func putRight() *sim.Log {
	var now time.Duration
	log := sim.NewLog(func() time.Duration { return now }, nil)
	log.Add(0, "", sim.HeaderData{
		Format: sim.Format, Start: "2023-06-01T13:00:00-05:00", Uses: []sim.UseData{{ID: "web", Kind: "vm", Members: 1}},
		Entries: []sim.EntryData{{ID: "paste", Kind: "reboot", Text: "reboot core"}},
	})
	log.Add(0, "", sim.SteadyData{Members: 1})
	fault := log.Add(0, "paste", sim.FaultData{Fault: "reboot", Text: "reboot core"})
	down := log.Add(fault, "web", sim.DownData{})
	now = 10 * time.Minute
	work := log.Add(fault, "diagnose-part", sim.TaskData{State: sim.TaskBegun, On: "stor-a", By: "noc/1"})
	log.Add(fault, "power-cycle", sim.TaskData{State: sim.TaskWaiting, On: "web", For: "a person"})
	now = 30 * time.Minute
	log.Add(work, "diagnose-part", sim.TaskData{State: sim.TaskEnded, On: "stor-a", By: "noc/1", Found: "a dead optic"})
	log.Add(work, "QSFP", sim.PartData{State: sim.PartOrdered, For: "core1:1", Due: sim.Seconds(2 * time.Hour)})
	log.Add(work, "notice", sim.NoticeData{Number: 1, Text: "a part is on its way", ETA: sim.Seconds(2 * time.Hour)})
	now = 2 * time.Hour
	log.Add(down, "web", sim.UpData{To: sim.Seconds(now)})
	log.Add(fault, "network-up", sim.MilestoneData{})
	log.Add(down, "web", sim.ShareData{Member: "web", Name: "diagnosis", Length: sim.Seconds(90 * time.Minute), Without: [][]string{{"paste"}}})
	log.Add(down, "web", sim.ShareData{Member: "web", Name: "boot", Length: sim.Seconds(30 * time.Minute)})
	log.Add(0, "", sim.EndData{Reason: "played"})
	return log
}

func TestPeopleHaveLanesAndTheirTimeIsCounted(t *testing.T) {
	s := newSheet(Read(putRight()), nil)
	people := s.Groups[4].Lanes
	require.Len(t, people, 3)
	assert.Equal(t, "noc/1", people[0].Name)
	require.Len(t, people[0].Spans, 1, "what waits for a person is nobody's work")
	assert.Equal(t, "diagnose-part stor-a: a dead optic, 10m to 30m", people[0].Spans[0].Label())
	assert.Equal(t, "fault-paste", people[0].Spans[0].Cause)
	assert.Equal(t, "20m", people[0].Sum)
	assert.Equal(t, "ordered, due after 2h, since 30m", people[1].Spans[0].Label())
	require.Len(t, s.Bars, 1)
	assert.Equal(t, []sharePart{{Number: 1, Text: "1h30m diagnosis", w: 75}, {Number: 2, Text: "30m boot", x: 75, w: 25}}, s.Bars[0].Parts)
	page := rendered(t, putRight())
	says(t, page, "<strong>network-up</strong> <span class=\"quiet\">15:00, after 2h</span>")
	says(t, page, `<th scope="row">a part is on its way</th><td>13:30, after 30m</td><td>15:00, after 2h</td>`)
}

func TestLivePartsAreThoseOfThePage(t *testing.T) {
	r := Read(tenHours(t, 8))
	var page bytes.Buffer
	l := Live{Report: r, Drawing: 7}
	require.NoError(t, l.Page(&page))
	parts, err := l.Parts()
	require.NoError(t, err)
	require.NotEmpty(t, parts)
	says(t, page.String(), `data-live="7"`)
	for id, text := range parts {
		says(t, page.String(), `<div class="part" id="`+id+`">`+text+`</div>`)
	}
	saysNot(t, page.String(), "Content-Security-Policy") // a live page's policy is in its header
}
