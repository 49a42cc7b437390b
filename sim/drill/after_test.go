package drill_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/sim/simtest/browser"
)

// played waits until the remedies of all findings were played.
func (h *held) played() {
	h.t.Helper()
	for late := time.After(30 * time.Second); ; {
		text, err := h.room.Door().After(h.t.Context(), drill.AfterText)
		require.NoError(h.t, err)
		if !bytes.Contains(text, []byte("not played yet")) {
			return
		}
		select {
		case <-late:
			require.Fail(h.t, "remedies were not played")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// badDay goes through the incident of 2023 with some of what can go wrong, and writes findings.
func badDay(h *held) {
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "20m")
	h.must("decide", "decision", "diagnose", "option", "look-at-ports", "why", "evidence first")
	h.must("post", "text", "We look for the cause.", "eta", "3h")
	h.must("jump", "to", "80m")
	h.must("decide", "decision", "parts", "option", "reseat-then-order")
	h.must("jump", "to", "6h")
	h.must("do", "what", "power-cycle", "target", "vcenter, directory, monitor")
	h.must("do", "what", "reboot", "target", "voice-sw", "why", "to be sure")
	h.must("jump", "to", "7h")
	h.must("do", "what", "look", "target", "stor-a")
	h.must("jump", "to", "8h")
	h.must("endex")
	h.must("rate", "objective", "optics", "rating", "P", "text", "looked at both ends")
	h.must("note", "part", "hurt", "text", "no <script>alert(1)</script> spare on the shelf")
	h.must("finding", "objective", "part", "text", "No spare on the shelf", "action", "Buy four", "owner", "purchasing", "remedy", "spares-on-hand")
	h.must("finding", "objective", "cause", "text", "Pasted unseen", "owner", "network", "patch", "timeline: {paste: null}")
	h.must("finding", "objective", "tell", "text", "No word for hours", "owner", "communications")
}

// after is the after-action report of what was played, from its log as it is written to a file.
func after(t *testing.T, log *sim.Log, format string) string {
	t.Helper()
	var text, out bytes.Buffer
	for _, e := range log.Events() {
		require.NoError(t, sim.WriteEvent(&text, e))
	}
	read, _, err := sim.ReadLog(&text)
	require.NoError(t, err)
	require.NoError(t, drill.After(&out, read, format))
	return out.String()
}

func TestEvidenceLiesOnAxesOfItsOwn(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	badDay(h)
	h.stop()
	text := after(t, h.log, drill.AfterText)
	axis := func(name string) string {
		_, rest, found := strings.Cut(text, "\n### "+name+"\n")
		require.True(t, found, name)
		part, _, _ := strings.Cut(rest, "\n##")
		return part
	}
	for name, want := range map[string]string{
		"detect":      "the table acts first, 20m after the fault: decided diagnose: look-at-ports (evidence first)",
		"diagnose":    "look stor-a, stor-b: core1:Ethernet1/1: dead optic; core2:Ethernet1/1: dead optic",
		"decide":      "parts: decided after 20m: Reseat both, and order two at the same time. The truth: They stay dead.",
		"restore":     "vendor: gone for 6m9s, back at 6m9s (13:06)",
		"verify":      "hosted: 284 of 284 not served at the end",
		"communicate": "(the first notice, 20m after the outage began) (promised for 3h20m (16:20); not all was back at the end)",
		"safety":      "gone for up to 6m22s through reboot voice-sw, by facilitator",
		"data":        "4 machines switched off with what they had in memory and could not write",
	} {
		assert.Contains(t, axis(name), want, name)
	}
	assert.Contains(t, axis("diagnose"), "| Finds both dead transceivers | P: performed without challenges | facilitator | looked at both ends |")
	assert.Contains(t, axis("verify"), "not rated")
	assert.NotRegexp(t, regexp.MustCompile(`(?i)score|overall|in total`), text, "there is no sum of the axes")
}

func TestAFindingIsPlayedAgainWithItsRemedyOn(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	badDay(h)
	h.played()
	h.stop()
	text := after(t, h.log, drill.AfterText)
	for _, want := range []string{
		"| decide | No spare on the shelf | Buy four | purchasing | - | spares-on-hand | hosted: 6h2m17s instead of 10h2m17s |",
		"| diagnose | Pasted unseen |  | network | - | patch | hosted: never gone instead of 10h2m17s; people's time: none instead of 37h27m |",
		"| communicate | No word for hours |  | communications | - | - | no remedy to play |",
		"|  | at the table | as it was | with spares-on-hand | with patch |",
		"| hosted | for good | 10h2m17s | 6h2m17s | never gone |",
	} {
		assert.Contains(t, text, want)
	}
	assert.Equal(t, []string{"spares-on-hand", "patch"}, namesOf(drill.RemediesOf(h.log)))
}

func namesOf(all []drill.Remedy) (names []string) {
	for _, r := range all {
		names = append(names, r.Name)
	}
	return names
}

func TestARemedyThatIsNoneIsRefused(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	for want, args := range map[string][]string{
		`no variant "spare-on-hand", did you mean "spares-on-hand"`: {"remedy", "spare-on-hand"},
		`no fault called "rebot", did you mean "reboot"`:            {"patch", "timeline: {paste: {rebot: core}}"},
		"a patch is a map":                               {"patch", "more spares"},
		"the variant changes nothing":                    {"patch", "seed: 5"},
		`unknown key "timelin", did you mean "timeline"`: {"patch", "timelin: {}"},
	} {
		err := h.do("finding", append([]string{"objective", "part", "text", "x"}, args...)...)
		if assert.Error(t, err, want) {
			assert.Contains(t, strings.ToLower(err.Error()), strings.ToLower(want))
		}
	}
}

func TestALogCutOffInTheMiddleMakesAnAfterActionReportThatSaysSo(t *testing.T) {
	h := hold(t, "one-optic", nil)
	solo(h)
	h.stop()
	cut := sim.NewLog(nil, nil)
	for _, e := range h.log.Events()[:len(h.log.Events())/2] {
		require.NoError(t, cut.Take(e))
	}
	for _, format := range []string{drill.AfterText, drill.AfterPage} {
		assert.Contains(t, after(t, cut, format), "The log ends in the middle", format)
	}
	assert.NotContains(t, after(t, h.log, drill.AfterText), "The log ends in the middle")
}

func TestARunHasNoAfterActionReport(t *testing.T) {
	sc, err := scenarios.Load("core-pair-reboot", scenarios.Options{})
	require.NoError(t, err)
	log, err := model.Replay(sc, 0.5)
	require.NoError(t, err)
	assert.ErrorContains(t, drill.After(&bytes.Buffer{}, log, drill.AfterPage), "is no drill's")
}

func TestTheAfterActionPageIsReadInABrowser(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	badDay(h)
	h.played()
	address := desk(t, h)
	p := browser.Open(t, browser.Desktop, address+"/seat/facilitator/after.html")
	assert.Equal(t, drill.Banner, browser.Get[string](p, `document.querySelector(".exercise").textContent`))
	assert.Contains(t, browser.Get[string](p, `document.styleSheets[0].cssRules.length && [...document.styleSheets[0].cssRules].map(r => r.cssText).join()`),
		`@top-center { content: "`+drill.Banner+`"`, "each printed page bears it")
	p.Click(`#fore-axes .cites a`)
	p.Until(`document.activeElement.id == location.hash.slice(1) && lines.open`)
	assert.Contains(t, browser.Get[string](p, `document.getElementById("fore-hot-wash").textContent`), "no <script>alert(1)</script> spare")
	p.Accessible()
	p.Clean()
	phone := browser.Open(t, browser.Phone, address+"/seat/facilitator/after.html")
	phone.Fits()
	phone.Clean()
}

func TestTheAfterActionReportIsAFormatOfReports(t *testing.T) {
	h := hold(t, "one-optic", nil)
	solo(h)
	h.stop()
	for _, name := range []string{drill.AfterPage, drill.AfterText} {
		kind, known := report.Formats.Lookup(name)
		require.True(t, known)
		var out bytes.Buffer
		require.NoError(t, kind.New()(&out, report.Read(h.log), report.Style{}))
		assert.Equal(t, after(t, h.log, name), out.String())
	}
}

// TestPictureOfTheAfterActionReport makes it with -rewrite, and holds that it is there and small.
func TestPictureOfTheAfterActionReport(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "after-action.png")
	if *rewrite {
		h := hold(t, "sconet-2023", nil)
		badDay(h)
		h.played()
		p := browser.Open(t, browser.Size{Width: 1280, Height: 900}, desk(t, h)+"/seat/facilitator/after.html")
		browser.Get[string](p, `document.getElementById("fore-plan").scrollIntoView(), ""`)
		p.Picture(file)
	}
	picture, err := os.Stat(file)
	require.NoError(t, err)
	assert.Less(t, picture.Size(), int64(250_000))
}
