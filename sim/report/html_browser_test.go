package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest/browser"
)

// opened writes the page of a log and opens it as a file, as those do who got it by mail.
func opened(t *testing.T, size browser.Size, log *sim.Log) *browser.Page {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(file, []byte(rendered(t, log)), 0o600))
	return browser.Open(t, size, browser.File(file))
}

func TestAReaderFollowsAnOutageToItsCause(t *testing.T) {
	p := opened(t, browser.Desktop, logs(t)["core-pair-reboot-kernel"])

	p.Click(`[aria-controls="work-website-1-and-more"]`)
	p.Click(`#work-website-1 .gone`)
	assert.Contains(t, browser.Get[string](p, `evidence.textContent`), "website/1: not served for 6m8.5s ±135.3ms, 135.3ms to 6m8.6s")
	p.Click(`#evidence a[href="#fault-paste"]`)
	p.Until(`location.hash == "#fault-paste" && document.activeElement.id == "fault-paste"`)

	p.Click(`#work-website-1 .gone`) // let go
	p.Click(`#fault-paste .fault`)
	p.Click(`#evidence a[href="#e27"]`)
	p.Until(`document.activeElement.id == "e27" && lines.open`)
	assert.Contains(t, browser.Get[string](p, `document.activeElement.textContent`), "reboot core")
	p.Clean()
}

func TestAReaderZooms(t *testing.T) {
	p := opened(t, browser.Desktop, logs(t)["core-pair-reboot-kernel"])
	width := `Math.max(...[...document.querySelectorAll('#part-core1 rect')].map(r => r.getBoundingClientRect().width))`
	all := browser.Get[float64](p, width)
	p.Click(`[data-zoom="in"]`)
	assert.Greater(t, browser.Get[float64](p, width), all, "what is zoomed in is wider")
	p.Click(`[data-zoom="earlier"]`)
	assert.Equal(t, "0s", browser.Get[string](p, `document.querySelector('#ticks text').textContent`))
	p.Click(`[data-zoom="all"]`)
	assert.InDelta(t, all, browser.Get[float64](p, width), 1e-6)

	p.Drag(`#part-core1 .boot`, 100)
	assert.Greater(t, browser.Get[float64](p, width), all)
	assert.Empty(t, browser.Get[int](p, `document.querySelectorAll('.kept, .selection').length`), "dragging keeps no evidence")
	p.Click(`[data-zoom="all"]`)

	// With the keyboard alone: the first stretch of the lane, the next one, and in.
	p.Click(`#part-core1 .off`)
	p.Press(kb.ArrowRight)
	assert.Contains(t, browser.Get[string](p, `document.activeElement.getAttribute('aria-label')`), "booting: self-test")
	p.Press(kb.ArrowDown)
	assert.Equal(t, "part-core2", browser.Get[string](p, `document.activeElement.closest('.lane').id`))
	p.Clean()
}

func TestAReaderFilters(t *testing.T) {
	p := opened(t, browser.Desktop, logs(t)["core-pair-reboot-kernel"])
	shown := `[...document.querySelectorAll('.lane[data-name]')].filter(l => l.getClientRects().length).map(l => l.id).join(' ')`
	browser.Get[string](p, `filter.value = 'web', filter.dispatchEvent(new Event('input')), ''`)
	assert.Equal(t, "work-website", browser.Get[string](p, shown))
	browser.Get[string](p, `filter.value = '', filter.dispatchEvent(new Event('input')), ''`)
	p.Click(`#only`)
	assert.NotContains(t, browser.Get[string](p, shown), "work-phones")
	assert.Contains(t, browser.Get[string](p, shown), "work-storage")
	p.Clean()
}

func TestThePlantIsShownAtAnyMoment(t *testing.T) {
	p := opened(t, browser.Desktop, logs(t)["rolling-core-reboot-failback"])
	off := `[...document.querySelectorAll('.drawing .is-off')].filter(e => e.id.startsWith('node-')).map(e => e.id).join(' ')`
	assert.Equal(t, "node-core1", browser.Get[string](p, off))
	p.Click(`.moment[data-t="600"] .time`)
	assert.Equal(t, "node-core2", browser.Get[string](p, off))
	assert.Contains(t, browser.Get[string](p, `moment.textContent`), "core2 off")
	p.Click(`#moment a[href="#part-core2"]`)
	p.Until(`document.activeElement.id == "part-core2"`)
	p.Click(`.moment:last-child .time`)
	assert.Empty(t, browser.Get[string](p, off))
	assert.Contains(t, browser.Get[string](p, `moment.textContent`), "all parts work")
	p.Clean()
}

func TestThreeHundredMachinesAreABandThatOpens(t *testing.T) {
	p := opened(t, browser.Desktop, tenHours(t, 300))
	shown := `[...document.querySelectorAll('.lane.member')].filter(l => l.getClientRects().length).length`
	assert.Zero(t, browser.Get[int](p, shown))
	p.Click(`[aria-controls="work-vms-1-and-more"]`)
	assert.Equal(t, 300, browser.Get[int](p, shown))
	assert.Positive(t, browser.Get[float64](p, `document.querySelector('#work-vms-300 .failed rect').getBoundingClientRect().width`))
	p.Clean()
}

func TestPagesAreForEveryReader(t *testing.T) {
	for name, size := range map[string]browser.Size{"desktop": browser.Desktop, "phone": browser.Phone} {
		for i, log := range []*sim.Log{logs(t)["core-pair-one-returns"], tenHours(t, 30), troubled(), putRight()} {
			t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) {
				p := opened(t, size, log)
				p.Clean()
				p.Fits()
				browser.Get[bool](p, `lines.open = true`)
				for _, dark := range []bool{false, true} {
					p.Dark(dark)
					p.Accessible()
				}
			})
		}
	}
}

func TestVariantsStandSideBySide(t *testing.T) {
	rows := []Row{
		{Outages: map[string]sim.Seconds{"web": sim.Seconds(4 * time.Hour)}, services: []string{"web"}, last: sim.Seconds(4 * time.Hour)},
		{Variant: "spares <b>", Outages: map[string]sim.Seconds{"web": sim.Seconds(time.Hour)}, services: []string{"web"}, last: sim.Seconds(time.Hour)},
		{Variant: "no-queue", ForGood: []string{"web"}, Outages: map[string]sim.Seconds{"web": sim.Seconds(time.Hour)}, Doubts: []string{"starved"}},
	}
	Save(rows)
	file := filepath.Join(t.TempDir(), "variants.html")
	var page bytes.Buffer
	require.NoError(t, WriteRowsHTML(&page, "web and its variants", rows))
	require.NoError(t, os.WriteFile(file, page.Bytes(), 0o600))
	p := browser.Open(t, browser.Phone, browser.File(file))
	assert.Equal(t, "spares <b>|1h|3h|0s|0|0", browser.Get[string](p, `[...document.querySelectorAll('tbody tr')[1].children].map(c => c.textContent).join('|')`))
	wide := `[...document.querySelectorAll('td rect')].map(r => r.getBoundingClientRect().width)`
	bars := browser.Get[[]float64](p, wide)
	assert.InDelta(t, bars[0]/4, bars[1], 1)
	assert.Contains(t, browser.Get[string](p, `document.body.textContent`), "no-queue: starved")
	p.Clean()
	p.Fits()
	p.Accessible()
}
