package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// widest is how long lines of text may be where no terminal says otherwise: a ticket wraps none of them.
const widest = 96

// page is a text report being written.
type page struct {
	strings.Builder
	style Style
	empty bool // the last line was blank
}

func (p *page) line(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	p.WriteString(text + "\n")
	p.empty = text == ""
}

// blank keeps sections apart; two blank lines never follow one another.
func (p *page) blank() {
	if !p.empty {
		p.line("")
	}
}

// wrap writes a paragraph that begins with something, its further lines indented as far as that reaches.
func (p *page) wrap(first, text string) {
	width, line, empty := p.width(), first, true
	indent := strings.Repeat(" ", visible(first))
	for _, word := range strings.Fields(text) {
		if !empty && visible(line)+1+visible(word) > width {
			p.line("%s", line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	if !empty {
		p.line("%s", line)
	}
}

// width is how long lines of text may be here.
func (p *page) width() int {
	if p.style.Width == 0 {
		return widest
	}
	return min(p.style.Width, widest)
}

func (p *page) list(items []string) {
	for _, item := range items {
		p.wrap("  - ", item)
	}
}

// table writes rows in columns; the first row is the title. A column with nothing below its title is left out.
func (p *page) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for c := range widths {
		for r, row := range rows {
			if r > 0 {
				widths[c] = max(widths[c], visible(row[c]))
			}
		}
		if widths[c] > 0 {
			widths[c] = max(widths[c], visible(rows[0][c]))
		}
	}
	for r, row := range rows {
		line := "  "
		for c, cell := range row {
			if widths[c] == 0 {
				continue
			}
			if r == 0 {
				cell = p.faint(cell)
			}
			line += cell + strings.Repeat(" ", widths[c]-visible(cell)+2)
		}
		p.line("%s", line)
	}
}

func (p *page) verdict(v Verdict) {
	held := v.Outcome == sim.Passed
	m := p.mark(&held)
	if v.Outcome == sim.Inconclusive {
		m = "?"
	}
	if held {
		p.wrap("  "+m+" ", v.ID+": "+v.Got)
		return
	}
	p.wrap("  "+m+" ", v.ID+": wanted "+v.Want)
	p.wrap("    ", "got "+v.Got)
}

// leastClock is how wide the column of times is at least: shorter incidents look alike.
const leastClock = 8

// mostMoments is how many lines of the story are shown unless all are asked for.
const mostMoments = 40

// moments tells the story, hatched where the clock jumped.
func (p *page) moments(r *Report) {
	told, skipped := r.Moments, 0
	if len(told) > mostMoments && !p.style.Verbose {
		skipped = len(told) - mostMoments
	}
	last, jump := time.Duration(-1), 0
	clocks := leastClock
	for _, m := range told {
		clocks = max(clocks, len(Clock(time.Duration(m.At))))
	}
	for i, m := range told {
		if skipped > 0 && i >= mostMoments/2 && i < mostMoments/2+skipped {
			if i == mostMoments/2 {
				p.line("  %*s  ... %d more lines, shown by -v", clocks, "", skipped)
			}
			continue
		}
		at := time.Duration(m.At)
		jumped := time.Duration(0)
		for ; jump < len(r.Jumps) && time.Duration(r.Jumps[jump].To) <= at; jump++ {
			jumped += time.Duration(r.Jumps[jump].To - r.Jumps[jump].From)
		}
		if jumped >= time.Second {
			p.line("%s", p.faint(fmt.Sprintf("  %*s  %s jumped", clocks, "////////", Duration(jumped))))
		}
		p.moment(m, at != last, clocks)
		last = at
	}
}

func (p *page) moment(m Told, first bool, width int) {
	clock := ""
	if first {
		clock = Clock(time.Duration(m.At))
	}
	text := m.Text
	switch {
	case m.Trouble:
		text = p.bad(text)
	case m.Fault:
		text = p.bold(text)
	}
	p.wrap(fmt.Sprintf("  %*s  ", width, clock), text)
}

// Colours, as terminals have had them since ECMA-48: select graphic rendition.
const (
	boldCode  = "1"
	faintCode = "2"
	redCode   = "31"
	greenCode = "32"
)

func (p *page) color(code, text string) string {
	if !p.style.Color || text == "" {
		return text
	}
	// Each word is coloured by itself, so that wrapping cannot cut a colour in two.
	words := strings.Split(text, " ")
	for i, w := range words {
		if w != "" {
			words[i] = "\x1b[" + code + "m" + w + "\x1b[0m"
		}
	}
	return strings.Join(words, " ")
}

func (p *page) bold(text string) string  { return p.color(boldCode, text) }
func (p *page) faint(text string) string { return p.color(faintCode, text) }
func (p *page) bad(text string) string   { return p.color(redCode, text) }

// answer is green when all of it held and red otherwise; the words say the same without colour.
func (p *page) answer(t Tally, text string) string {
	if t.Held == t.Of {
		return p.color(boldCode+";"+greenCode, text)
	}
	return p.color(boldCode+";"+redCode, text)
}

// mark is a tick or a cross; a dot where nobody asked.
func (p *page) mark(held *bool) string {
	switch {
	case held == nil:
		return "·"
	case *held:
		return p.color(greenCode, "✓")
	}
	return p.color(redCode, "✗")
}

// visible is how wide a text is on the screen: colours take no room.
func visible(text string) int {
	n, escape := 0, false
	for _, r := range text {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		default:
			n++
		}
	}
	return n
}
