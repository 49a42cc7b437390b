package report

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

// laneGroup is a stack of lanes that belong together.
type laneGroup struct {
	ID, Title string
	Lanes     []*lane
}

// lane is one thing through time: a fault, a part, a workload, one of its members.
type lane struct {
	ID, Name string
	Note     string // what kind of thing it is
	Sum      string // what it comes to
	Mark     *bool  // whether it held; nil where nobody asked
	Member   bool   // it lies under the lane of its workload
	Calm     bool   // nothing happened to it
	Spans    []span
	// Members are shown when the lane is opened; its own spans are the band of them all then.
	Members []*lane
}

// Tall lanes have room for many members.
func (l *lane) Tall() bool { return len(l.Members) > manyMembers }

// manyMembers is from how many members on a band needs to be higher to show one of them (chosen).
const manyMembers = 12

// Key ties a live page's lanes to what was rendered of them.
func (l *lane) Key() string { return "at-" + l.ID }

// Tick marks the lane.
func (l *lane) Tick() template.HTML { return tick(l.Mark) }

// tick is a sign with the word that it stands for; nothing where nobody asked.
func tick(held *bool) template.HTML {
	switch {
	case held == nil:
		return ""
	case *held:
		return `<span class="tick held" role="img" aria-label="held">✓</span> `
	}
	return `<span class="tick broken" role="img" aria-label="not held">✗</span> `
}

// each goes through all spans of the lane and of its members.
func (l *lane) each(f func(*span)) {
	for i := range l.Spans {
		f(&l.Spans[i])
	}
	for _, m := range l.Members {
		m.each(f)
	}
}

// span is a stretch of time in one state.
type span struct {
	From, To time.Duration
	Open     bool // it lasts until now
	State    string
	Text     string // what people read of it
	Cause    string // the lane of what led to it, if known
	Why      string // and its name
	Evidence []int
	// Levels are the states of many members at once, by how many; empty for one.
	Levels []level

	x, width float64 // percent of a standing page's time
}

// level is how much of a band one state takes, from the top, in percent.
type level struct {
	State     string
	Y, Height string
}

// F and T are the ends in seconds, as the script reads them; an open span has no end.
func (s span) F() string { return seconds(s.From) }

// T is the end.
func (s span) T() string {
	if s.Open {
		return ""
	}
	return seconds(s.To)
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

// Label is the span in one sentence.
func (s span) Label() string {
	switch {
	case s.Open:
		return s.Text + ", since " + Duration(s.From)
	case s.To == s.From:
		return s.Text + ", at " + Duration(s.From)
	}
	return fmt.Sprintf("%s, %s to %s", s.Text, Duration(s.From), Duration(s.To))
}

// Log lists the events that the span is made from.
func (s span) Log() string { return strings.Trim(fmt.Sprint(s.Evidence), "[]") }

// leastWidth is what a short span is drawn with where no script makes it wide enough, in percent.
const leastWidth = 0.15

func (s *span) place(to time.Duration) {
	s.x = percent(s.From, to)
	s.width = max(leastWidth, percent(s.To, to)-s.x)
}

// Place is where the span lies in a standing page; empty in a live one.
func (s span) Place() template.HTMLAttr {
	if s.width == 0 {
		return ""
	}
	return template.HTMLAttr(fmt.Sprintf(`x="%.3f%%" width="%.3f%%"`, s.x, s.width))
}

func percent(part, whole time.Duration) float64 { return float64(part) / float64(whole) * 100 }

// state is what a part or a member can be, and what the legend says of it.
type state struct{ Class, Words string }

// states are all that the time line shows; each has a pattern of its own, so that it can be told without colour.
var states = []state{
	{"fault", "fault"},
	{"milestone", "milestone"},
	{"off", "off"},
	{"boot", "booting"},
	{"dark", "carrier up, forwards nothing"},
	{"down", "no carrier"},
	{"latent", "bound to fail"},
	{"gone", "not served"},
	{"stalled", "waits for its disk"},
	{"failed", "failed"},
	{"repair", "needs repair"},
	{"work", "at work"},
	{"ordered", "part ordered"},
	{"there", "part there, not fitted"},
	{"told", "told to the table, or noted"},
	{"asked", "to be decided"},
}

// elementIDs gives every thing of the page an id of its own, made from its name.
type elementIDs map[string]string

func (ids elementIDs) of(kind, name string) string {
	key := kind + " " + name
	if id := ids[key]; id != "" {
		return id
	}
	id := kind + "-" + strings.Map(plain, name)
	for n := 2; ids["used "+id] != ""; n++ {
		id = fmt.Sprintf("%s-%s-%d", kind, strings.Map(plain, name), n)
	}
	ids[key], ids["used "+id] = id, key
	return id
}

// plain leaves letters and digits as they are.
func plain(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}
