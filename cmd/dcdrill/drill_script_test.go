package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/simtest/browser"
)

// newcomer is a facilitator who has a printed script, a terminal and a browser, and knows nothing else.
type newcomer struct {
	t      *testing.T
	script string
	page   *browser.Page
}

// press presses the button that is called so.
func (n *newcomer) press(text string) {
	n.t.Helper()
	find := `[...document.querySelectorAll("button")].find(b => b.textContent == ` + strconv.Quote(text) + `)`
	n.page.Until(find + ` !== undefined`)
	browser.Get[string](n.page, find+`.click(), ""`)
}

// fill fills in a form under its button's name and presses that.
func (n *newcomer) fill(form, button string, fields ...string) {
	n.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		set := fmt.Sprintf(`(f => { f.value = %q; f.dispatchEvent(new Event("change")); return f.value })(document.querySelector("#%s [name=%s]"))`, fields[i+1], form, fields[i])
		assert.Equal(n.t, fields[i+1], browser.Get[string](n.page, set), "%s of %s", fields[i], form)
	}
	n.press(button)
}

// shows says whether something stands somewhere on the page.
func shows(id, text string) string {
	return fmt.Sprintf(`document.getElementById(%q).textContent.includes(%q)`, id, text)
}

// jumpUntil presses "Jump to next" until something is so, each time after the page has shown what came of it.
func (n *newcomer) jumpUntil(so string) {
	n.t.Helper()
	seen := `next.textContent + at.textContent + told.children.length + document.getElementById("work").textContent`
	for range 200 {
		if browser.Get[bool](n.page, so) {
			return
		}
		before := browser.Get[string](n.page, seen)
		n.press("Jump to next")
		n.page.Until(so + ` || ` + seen + ` != ` + strconv.Quote(before))
	}
	require.Fail(n.t, "it never came", "%s\n%s", so, browser.Get[string](n.page, "document.body.innerText"))
}

// lines are the rows of the running order, each as its cells.
func (n *newcomer) lines() (rows [][]string) {
	_, table, _ := strings.Cut(n.script, "|---|---|---|---|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		require.Len(n.t, cells, 7, line)
		rows = append(rows, cells)
	}
	return rows
}

// options are what the script offers for a decision: what the button says, and what follows.
func (n *newcomer) options(decision string) (all [][2]string) {
	_, part, found := strings.Cut(n.script, "### "+decision+"\n")
	require.True(n.t, found, decision)
	part, _, _ = strings.Cut(part, "\n##")
	for _, m := range regexp.MustCompile(`(?m)^- \*\*(.*)\*\* \(.*?\): (.*)$`).FindAllStringSubmatch(part, -1) {
		all = append(all, [2]string{m[1], m[2]})
	}
	require.NotEmpty(n.t, all)
	return all
}

// quoted are the words in quotation marks.
func quoted(text string) (all []string) {
	for _, m := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

// TestAFacilitatorNeedsNothingButThePrintedScript holds the incident of 2023 from beginning to end as the script says.
func TestAFacilitatorNeedsNothingButThePrintedScript(t *testing.T) {
	t.Chdir(t.TempDir())
	printed := command(t.Context(), "drill", "sconet-2023", "--print", "brief")
	require.Equal(t, exitAsAsked, printed.code, printed.out+printed.errs)
	text, err := os.ReadFile(filepath.Join("brief", "facilitator-script.md"))
	require.NoError(t, err)
	n := &newcomer{t: t, script: string(text)}

	// 2. In a terminal...
	command := regexp.MustCompile("In a terminal: `dcdrill drill (.*?)`").FindStringSubmatch(n.script)
	require.NotNil(t, command)
	h := holdADrill(t, strings.Fields(command[1])...)
	n.page = browser.Open(t, browser.Desktop, h.pages)
	n.press("STARTEX")
	n.page.Until(shows("phase", "running"))
	n.press("Pause") // the table needs longer than a test has
	n.page.Until(shows("phase", "paused"))

	var later []string // operations to be entered once storage is back
	for _, line := range n.lines() {
		when, name, what := line[1], line[3], line[5]
		_, said, _ := strings.Cut(what, ": ")
		switch {
		case strings.HasPrefix(what, "asks: "):
			n.jumpUntil(`[...decisions.children].some(d => d.textContent.startsWith(` + strconv.Quote(name) + `) && d.textContent.includes("asked"))`)
			choice := n.options(name)[0]
			n.press(choice[0])
			n.page.Until(`[...decisions.children].some(d => d.textContent.includes("decided") && d.textContent.startsWith(` + strconv.Quote(name) + `))`)
			if strings.Contains(choice[1], "enter what the table does") {
				later = append(later, quoted(choice[1])...)
			}
		case strings.Contains(when, "option "): // the table has decided otherwise
			assert.Contains(t, when, "pull-cables")
		default:
			n.jumpUntil(shows("told", said))
		}
	}
	require.NotEmpty(t, later, "the script says how servers are restarted")

	// Then press Jump to next from one piece of work to the next...
	n.jumpUntil(shows("work", "stor-a: up; stor-b: up"))
	for _, target := range later {
		n.fill("do", "Have it done", "what", "power-cycle", "target", target, "by", "virtual")
		n.page.Until(shows("work", "power-cycle "+target))
		n.jumpUntil(fmt.Sprintf(`[...work.children].some(w => w.textContent.includes(%q) && w.textContent.includes("found: "))`, "power-cycle "+target))
	}
	n.jumpUntil(`[...document.querySelectorAll("#truth-rows tr")].every(r => r.cells[1].className == "good")`)

	// After
	n.press("ENDEX")
	n.page.Until(shows("phase", "ENDEX"))
	browser.Get[int](n.page, `[...document.querySelectorAll("#objectives li")].map(o => [...o.querySelectorAll("button")].find(b => b.textContent == "S").click()).length`)
	n.page.Until(`[...document.querySelectorAll("#objectives li")].every(o => o.querySelector("strong")?.textContent == "S")`)
	n.press("Open the hot wash")
	n.page.Until(shows("phase", "hot wash"))
	n.fill("note", "Note", "part", "hurt", "text", "No spare on the shelf.")
	n.page.Until(shows("remarks", "No spare on the shelf."))
	n.fill("finding", "Write down", "objective", "part", "owner", "purchasing", "until", "2026-12-31", "text", "One spare is too few.", "remedy", "spares-on-hand")
	n.page.Until(shows("findings", "with spares-on-hand: hosted: 6h2m17s instead of 10h2m17s"))
	n.page.Clean()
	h.end()

	// In the folder you find...
	folder := regexp.MustCompile(`In the folder (\S+) you find (\S+) to print`).FindStringSubmatch(n.script)
	require.NotNil(t, folder)
	file, err := filepath.Abs(filepath.Join(folder[1], folder[2]))
	require.NoError(t, err)
	after := browser.Open(t, browser.Desktop, browser.File(file))
	assert.Equal(t, drill.Banner, browser.Get[string](after, `document.querySelector(".exercise").textContent`))
	for _, want := range []string{"One spare is too few.", "purchasing", "No spare on the shelf.", "with spares-on-hand", "S: " + drill.Ratings["S"]} {
		assert.Contains(t, browser.Get[string](after, `main.textContent`), want)
	}
	after.Clean()
}
