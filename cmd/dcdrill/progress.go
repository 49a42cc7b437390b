package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
)

// progress shows on standard error how a run goes: a line that is redrawn on a terminal, the story line by line
// otherwise.
type progress struct {
	out   io.Writer
	width int // of the terminal; 0 where there is none
	began time.Time

	mu      sync.Mutex
	view    view
	story   report.Story
	plain   bool // tell the story line by line
	drawn   bool
	ticker  *time.Ticker
	stopped chan struct{}
}

// progress begins to show. Verbose tells the story line by line on a terminal too.
func (a *app) progress(verbose bool) *progress {
	p := &progress{out: a.Stderr, began: time.Now(), stopped: make(chan struct{})}
	p.view.since = p.began
	if a.colors(a.Stderr) {
		p.width = terminalWidth(a.Stderr)
	}
	p.plain = verbose || p.width == 0
	p.story.Tell = p.tell
	p.ticker = time.NewTicker(redraw)
	go p.tick()
	return p
}

// redraw is how often the line is drawn anew, and how long lines of the story wait for others that belong to them.
const redraw = 200 * time.Millisecond

// narrowest is the narrowest terminal on which a status line makes sense.
const narrowest = 40

func terminalWidth(stream any) int {
	f, ok := stream.(interface{ Fd() uintptr })
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil || w < narrowest {
		return 0
	}
	return w
}

// event takes an event; it is called on the loop, or on the reader of the box's stream.
func (p *progress) event(e sim.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.view.see(e)
	if p.plain && p.view.header.World != "model" { // what takes no time needs no progress
		p.milestone(e)
		p.story.Feed(e)
	}
}

// milestone says what is not part of the story: how the run gets under way.
func (p *progress) milestone(e sim.Event) {
	switch d := e.Data.(type) {
	case sim.HeaderData:
		p.print("%s: built %s in the %s world", d.Scenario, d.Plant, d.World)
	case sim.SteadyData:
		if len(d.Unserved) == 0 && d.Members > 0 {
			p.print("%s served: the drill begins", conversations(d.Members))
		}
	}
}

func conversations(n int) string {
	if n == 1 {
		return "the one conversation is"
	}
	return fmt.Sprintf("all %d conversations are", n)
}

func (p *progress) tell(m report.Moment) {
	p.print("%9s  %s", report.Clock(m.At), m.Text)
}

// say writes a line of somebody else's.
func (p *progress) say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.print("%s", text)
}

// print writes a line above the status line.
func (p *progress) print(format string, args ...any) {
	p.erase()
	fmt.Fprintf(p.out, format+"\n", args...)
}

func (p *progress) tick() {
	for {
		select {
		case <-p.stopped:
			return
		case now := <-p.ticker.C:
			p.mu.Lock()
			p.draw(now)
			p.mu.Unlock()
		}
	}
}

func (p *progress) draw(now time.Time) {
	if p.plain {
		// In virtual time events come in one go and none is left to wait for; in real time they trickle in.
		if since, some := p.story.Waiting(); some && p.view.clock(now) > since+time.Second {
			p.story.Flush()
		}
	}
	if p.width == 0 {
		return
	}
	p.erase()
	line := p.view.line(now, now.Sub(p.began))
	if utf8.RuneCountInString(line) >= p.width {
		line = string([]rune(line)[:p.width-2]) + "…"
	}
	fmt.Fprint(p.out, line)
	p.drawn = true
}

func (p *progress) erase() {
	if p.drawn {
		fmt.Fprint(p.out, "\r\x1b[K") // ECMA-48: erase in line
		p.drawn = false
	}
}

// end tells what is held back and leaves the terminal as it was.
func (p *progress) end() {
	p.ticker.Stop()
	close(p.stopped)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.story.End()
	p.erase()
}

// view is what the status line shows.
type view struct {
	header  sim.HeaderData
	steady  bool
	at      time.Duration // of the last event
	since   time.Time     // when it came
	jumps   int
	jumped  time.Duration
	down    map[string]bool
	stages  map[string]string
	members int
}

func (v *view) see(e sim.Event) {
	v.at, v.since = e.At, time.Now()
	switch d := e.Data.(type) {
	case sim.HeaderData:
		v.header, v.down, v.stages = d, map[string]bool{}, map[string]string{}
		for _, u := range d.Uses {
			v.members += u.Members
		}
	case sim.SteadyData:
		v.steady = true
		v.at = 0 // that moment is the drill's time 0
		clear(v.down)
	case sim.JumpData:
		v.jumps++
		v.jumped += time.Duration(d.To - d.From)
	case sim.StageData:
		v.stages[e.Subject] = d.Stage
		if d.Stage == "forwarding" {
			delete(v.stages, e.Subject)
		}
	case sim.DownData:
		v.down[e.Subject] = true
	case sim.UpData:
		delete(v.down, e.Subject)
	}
}

// clock is the scenario time now: the kernel world's goes on between events, with real time.
func (v *view) clock(now time.Time) time.Duration {
	if !v.steady || v.header.World != "kernel" {
		return v.at
	}
	return v.at + now.Sub(v.since)
}

func (v *view) line(now time.Time, real time.Duration) string {
	spent := real.Round(time.Second)
	switch {
	case v.header.Format == "":
		return fmt.Sprintf("building the plant · %s", spent)
	case !v.steady:
		return fmt.Sprintf("%s · waiting until %s served · %s", v.header.Plant, conversations(v.members), spent)
	}
	parts := []string{fmt.Sprintf("%9s", report.Clock(v.clock(now).Truncate(100*time.Millisecond)))}
	if len(v.stages) > 0 {
		parts = append(parts, stageWords(v.stages))
	}
	if len(v.down) > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d gone", len(v.down), v.members))
	} else {
		parts = append(parts, "all served")
	}
	parts = append(parts, fmt.Sprintf("%s real", spent))
	if v.jumps > 0 {
		parts = append(parts, fmt.Sprintf("%s jumped", report.Duration(v.jumped)))
	}
	return strings.Join(parts, " · ")
}

// stageWords names the nodes that are on their way up.
func stageWords(stages map[string]string) string {
	byStage := map[string][]string{}
	for node, stage := range stages {
		byStage[stage] = append(byStage[stage], node)
	}
	var parts []string
	for _, stage := range slices.Sorted(maps.Keys(byStage)) {
		nodes := byStage[stage]
		slices.Sort(nodes)
		parts = append(parts, report.Few(nodes, 3)+" "+stage)
	}
	return strings.Join(parts, ", ")
}
