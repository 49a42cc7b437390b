package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/simtest/browser"
)

// TestTheReportOfTheSeedIncident plays ten hours with 300 virtual machines, and opens the report that came of it. With
// -rewrite-docs it takes the README's picture.
func TestTheReportOfTheSeedIncident(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.html")
	run := command(t.Context(), "run", "sconet-2023", "--world", "model", "--report", "html="+file)
	require.Equal(t, exitAsAsked, run.code, run.errs)
	page, err := os.Stat(file)
	require.NoError(t, err)
	assert.Less(t, page.Size(), int64(3_000_000), "it is to be sent by mail")

	p := browser.Open(t, browser.Size{Width: 1200, Height: 1320}, browser.File(file))
	p.Click(`#person-engineers-1 .work`)
	assert.Contains(t, browser.Get[string](p, `evidence.textContent`), "engineers/1: notice, 5m to 10m")
	assert.Contains(t, browser.Get[string](p, `document.getElementById('shares').textContent`), "optic: waiting for the part")
	p.Clean()

	picture := filepath.Join("..", "..", "docs", "report.png")
	if *rewriteDocs {
		browser.Get[bool](p, `scrollTo(0, document.querySelector('.answers').offsetTop - 60), true`)
		p.Picture(picture)
	}
	taken, err := os.Stat(picture)
	require.NoError(t, err)
	assert.Less(t, taken.Size(), int64(250_000))
}
