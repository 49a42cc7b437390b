package report

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// figure is the plant, and what becomes of its parts.
type figure struct {
	SVG     template.HTML
	Missing string // why there is no drawing
	Changes []change
	// Of counts the parts that share an element of the drawing, where there are several.
	Of map[string]int
}

// change is one part's new condition, short because there are many.
type change struct {
	At      float64 `json:"t"`
	Element string  `json:"e"`
	Part    string  `json:"k"`
	State   string  `json:"s"`
	Text    string  `json:"x"`
	Lane    string  `json:"l,omitempty"` // of the part, where it has one
}

// State is what the script needs to mark parts at any moment.
func (f *figure) State() any {
	return struct {
		Of      map[string]int `json:"of"`
		Changes []change       `json:"changes"`
	}{f.Of, f.Changes}
}

func newFigure(t *tracks) *figure {
	plant, err := topology.Parse("log", []byte(t.log.Header().Topology))
	if err != nil {
		return &figure{Missing: "The log's plant cannot be drawn: " + err.Error()}
	}
	drawn := topology.NewFigure(plant)
	f := &figure{SVG: template.HTML(drawn.SVG), Of: map[string]int{}} // topology escapes what it draws
	for _, elements := range []map[string]string{drawn.Nodes, drawn.Links} {
		for _, e := range elements {
			f.Of[e]++
		}
	}
	for e, n := range f.Of {
		if n == 1 {
			delete(f.Of, e)
		}
	}
	f.read(t, plant, drawn)
	return f
}

// read lists what changed from the steady state on.
func (f *figure) read(t *tracks, p *topology.Plant, drawn topology.Figure) {
	events := t.log.Events()
	steady := slices.IndexFunc(events, func(e sim.Event) bool { return e.Data.Kind() == sim.SteadyData{}.Kind() })
	if steady < 0 {
		return
	}
	for _, e := range events[steady:] {
		c, known := partCondition(e)
		element := elementOf(p, drawn, e.Subject)
		if !known || element == "" {
			continue
		}
		ch := change{At: max(0, e.At.Seconds()), Element: element, Part: e.Data.Kind() + " " + e.Subject, State: c.State, Text: c.Text}
		if t.parts.spans[e.Subject] != nil {
			ch.Lane = t.ids.of("part", e.Subject)
		}
		f.Changes = append(f.Changes, ch)
	}
}

// elementOf finds the drawing of an event's subject: a node, a port by its link, a part of a node by the node.
func elementOf(p *topology.Plant, drawn topology.Figure, subject string) string {
	if port := p.Port(subject); port != nil {
		return drawn.Links[port.Link.ID]
	}
	node, _, _ := strings.Cut(subject, "/")
	return drawn.Nodes[node]
}

// scene is a moment of the story: what is told of it, and the plant as it was then.
type scene struct {
	At     time.Duration
	Jumped string // how far the clock jumped to get here
	Lines  []Moment
}

// F is the moment in seconds, as the script reads it.
func (s scene) F() string { return seconds(s.At) }

// Clock is the moment in words.
func (s scene) Clock() string { return Clock(s.At) }

// scenes groups the story's lines by their moment, with the jumps of the clock between them.
func scenes(r *Report) []scene {
	var all []scene
	jump := 0
	for _, m := range r.Moments {
		at := time.Duration(m.At)
		if n := len(all); n > 0 && all[n-1].At == at {
			all[n-1].Lines = append(all[n-1].Lines, m.Moment)
			continue
		}
		s := scene{At: at, Lines: []Moment{m.Moment}}
		jumped := time.Duration(0)
		for ; jump < len(r.Jumps) && time.Duration(r.Jumps[jump].To) <= at; jump++ {
			jumped += time.Duration(r.Jumps[jump].To - r.Jumps[jump].From)
		}
		if jumped >= time.Second {
			s.Jumped = Duration(jumped)
		}
		all = append(all, s)
	}
	return all
}
