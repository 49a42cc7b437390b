package drill

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// After-action reports are made from a log alone, ready to be worked over by people.
const (
	// AfterPage is a page that needs nothing else, with the whole report of what happened to the plant behind it.
	AfterPage = "after-action"
	// AfterText is the same in Markdown, without that.
	AfterText = "after-action-markdown"
)

func init() {
	report.Formats.Register(AfterPage, "after-action report and improvement plan of a drill, as a page to print", func() report.Format {
		return func(w io.Writer, r *report.Report, _ report.Style) error { return After(w, r.Log(), AfterPage) }
	})
	report.Formats.Register(AfterText, "the same in Markdown, to be worked over", func() report.Format {
		return func(w io.Writer, r *report.Report, _ report.Style) error { return After(w, r.Log(), AfterText) }
	})
}

// After writes the after-action report and improvement plan of a drill.
func After(w io.Writer, log *sim.Log, format string) error {
	a, err := newAction(log)
	if err != nil {
		return err
	}
	d := a.document()
	if format == AfterText {
		_, err := io.WriteString(w, d.markdown())
		return err
	}
	f, err := d.foreword()
	if err != nil {
		return err
	}
	return report.WriteHTML(w, report.Read(log), f)
}

// action is a drill as its log has it.
type action struct {
	*Script
	header sim.HeaderData
	events []sim.Event
	log    *sim.Log
	h      *sim.History
	start  time.Time // zero: the scenario has no date
	end    time.Duration
	torn   bool // the log ends before the drill does
}

func newAction(log *sim.Log) (*action, error) {
	a := &action{Script: &Script{}, header: log.Header(), events: log.Events(), log: log, h: sim.HistoryOf(log)}
	root, err := yamlfile.Parse("log", []byte(a.header.Text))
	if err != nil {
		return nil, err
	}
	n := root.Lookup("drill")
	if n.Kind() == yamlfile.Null {
		return nil, fmt.Errorf("the log of %s is no drill's: it has no after-action report", a.header.Scenario)
	}
	var ps yamlfile.Problems
	if yamlfile.Decode(n, a.Script, &ps); len(ps) > 0 {
		return nil, ps.Err()
	}
	a.start, _ = time.Parse(time.RFC3339, a.header.Start) // empty: no date
	var reason string
	a.end, reason = a.h.End()
	a.torn = reason == "" && a.first(func(e sim.Event) bool {
		d, phase := e.Data.(sim.PhaseData)
		return phase && d.Phase == string(Ended)
	}).Seq == 0
	return a, nil
}

// when is a moment as people say it.
func (a *action) when(at time.Duration) string {
	at = round(at)
	if a.start.IsZero() {
		return span(at)
	}
	return fmt.Sprintf("%s (%s)", span(at), a.start.Add(at).Format("15:04"))
}

// document is the whole report.
func (a *action) document() *document {
	d := &document{title: a.header.Scenario + ": after-action report and improvement plan", lead: a.Purpose}
	a.overview(d.section("overview", "Overview"))
	a.axes(d.section("axes", "Objectives, axis by axis"))
	a.timeline(d.section("table", "What the table knew and did"))
	a.hotWash(d.section("hot-wash", "Hot wash"))
	a.plan(d.section("plan", "Improvement plan"))
	return d
}

func (a *action) overview(s *section) {
	if a.torn {
		s.say("The log ends in the middle: this is what was seen until then.")
	}
	s.say("Played: %s of scenario time, in the %s world.", span(a.end), a.header.World)
	t := s.table("workload", "members hit", "longest outage", "back")
	for _, u := range a.header.Uses {
		longest, some := a.h.Longest(u.ID)
		if !some {
			t.row(plain(u.ID, "none", "", "")...)
			continue
		}
		hit := 0
		for _, m := range a.h.Members(u.ID) {
			if len(a.h.OutagesOf(m)) > 0 {
				hit++
			}
		}
		back := a.when(longest.To)
		if longest.Open {
			back = "not back"
		}
		t.row(append(plain(u.ID, fmt.Sprintf("%d of %d", hit, u.Members), span(longest.Length())), text(outageOf(longest), "%s", back))...)
	}
}

// outageOf are the events that an outage rests on.
func outageOf(o sim.Outage) []int {
	if o.Open {
		return []int{o.Down}
	}
	return []int{o.Down, o.Up}
}

// timeline is who did what when, without blame: what the team was told, did and found.
func (a *action) timeline(s *section) {
	t := s.table("time", "what", "who", logColumn)
	for _, e := range a.events {
		if what, who := a.say(e); what != "" {
			t.row(append(plain(a.when(e.At), what, who), cell{Cites: []int{e.Seq}})...)
		}
	}
}

func (a *action) say(e sim.Event) (what, who string) {
	switch d := e.Data.(type) {
	case sim.PhaseData:
		if strings.EqualFold(d.Phase, d.Why) {
			return d.Why, ""
		}
		return strings.ToUpper(d.Phase) + because(d.Why), ""
	case sim.FaultData:
		return "(truth) " + d.Text, d.By
	case sim.InjectData:
		return fmt.Sprintf("%s: %s", d.Via, d.Text), d.To
	case sim.AskedData:
		return "asked: " + d.Text, d.To
	case sim.DecidedData:
		return fmt.Sprintf("decided %s: %s%s", e.Subject, d.Option, because(d.Why)), d.By
	case sim.WorkData:
		switch {
		case d.Done:
			return e.Subject + ": " + d.Found, d.By
		case d.Left:
			return e.Subject + ": left before it was done", d.By
		}
		return e.Subject + " begun" + because(d.Why), d.By
	case sim.PostedData:
		return "notice: " + d.Text, d.By
	case sim.MessageData:
		return fmt.Sprintf("to %s: %s", a.title(d.To), d.Text), a.title(d.From)
	}
	return "", ""
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// hotWash is what the table said right after it.
func (a *action) hotWash(s *section) {
	for _, part := range []struct{ key, title string }{{"well", "What went well"}, {"hurt", "What hurt"}, {"surprised", "What surprised"}, {"note", "Notes"}} {
		s.heading(part.title)
		var all []cell
		for _, e := range a.events {
			if d, ok := e.Data.(sim.RemarkData); ok && cmp.Or(d.Part, "note") == part.key {
				all = append(all, text([]int{e.Seq}, "%s", d.Text))
			}
		}
		s.list("Nothing was said.", all...)
	}
}

// span is how long something took, as it is told.
func span(d time.Duration) string { return report.Clock(round(d)) }

// round is a time as it is told: to the second.
func round(d time.Duration) time.Duration { return d.Round(time.Second) }
