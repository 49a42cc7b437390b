package report

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Milestones are when a run reached its milestones, in the order in which it did.
type Milestones struct {
	start time.Time // the zero time where the scenario has no date
	names []string
	at    []time.Duration
}

// ReadMilestones reads them from a log.
func ReadMilestones(log *sim.Log) Milestones {
	var m Milestones
	m.start, _ = time.Parse(time.RFC3339, log.Header().Start)
	for _, e := range log.Events() {
		if _, ok := e.Data.(sim.MilestoneData); ok {
			m.names, m.at = append(m.names, e.Subject), append(m.at, e.At)
		}
	}
	return m
}

// Spread gathers when milestones are reached in many runs of one scenario.
type Spread struct {
	start time.Time
	runs  int
	order []string
	at    map[string][]time.Duration
	own   *sim.Log
}

// Own says which run all others are held against: that of the scenario's own seed.
func (s *Spread) Own(log *sim.Log) { s.own = log }

// Take adds a run.
func (s *Spread) Take(m Milestones) {
	if s.at == nil {
		s.at, s.start = map[string][]time.Duration{}, m.start
	}
	s.runs++
	for i, name := range m.names {
		if s.at[name] == nil {
			s.order = append(s.order, name)
		}
		s.at[name] = append(s.at[name], m.at[i])
	}
}

// quantiles are the ones that are told.
var quantiles = []struct {
	name  string
	share float64
}{{"earliest", 0}, {"5%", 0.05}, {"half", 0.5}, {"95%", 0.95}, {"latest", 1}}

// Write writes a row for each milestone: how early, how late, and how often at all.
func (s *Spread) Write(w io.Writer, title string, style Style) error {
	p := &page{style: style}
	p.line("%s", p.bold(title))
	head := []string{"milestone"}
	for _, q := range quantiles {
		head = append(head, q.name)
	}
	head = append(head, "reached")
	if s.own != nil {
		head = append(head, fmt.Sprintf("seed %d", s.own.Header().Seed))
	}
	rows := [][]string{head}
	for _, name := range s.order {
		at := s.at[name]
		slices.Sort(at)
		row := []string{name}
		for _, q := range quantiles {
			row = append(row, s.moment(at[int(q.share*float64(len(at)-1)+0.5)]))
		}
		row = append(row, fmt.Sprintf("%d of %d", len(at), s.runs))
		if s.own != nil {
			row = append(row, At(s.own, name))
		}
		rows = append(rows, row)
	}
	p.table(rows)
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write spread: %w", err)
	}
	return nil
}

func (s *Spread) moment(at time.Duration) string { return moment(s.start, at) }

// moment writes a time of day where there is a date, with the days that have passed since.
func moment(start time.Time, at time.Duration) string {
	if start.IsZero() {
		return tidy(at.Round(time.Minute))
	}
	then := start.Add(at)
	text := then.Format("15:04")
	h, m, sec := start.Clock()
	sinceMidnight := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second
	if days := (sinceMidnight + at) / (24 * time.Hour); days > 0 {
		text += fmt.Sprintf("+%dd", days)
	}
	return text
}

// Grid is when a milestone is reached for every combination of what a scenario's author was not sure of.
type Grid struct {
	Milestone string
	Knobs     []string   // their names; the last goes across
	Rows      [][]string // values of all but the last
	Across    []string   // values of the last
	Cells     [][]string
}

// At is when a milestone was reached in a run, as the grid writes it: "later" when it was not before the run ended.
func At(log *sim.Log, milestone string) string {
	start, _ := time.Parse(time.RFC3339, log.Header().Start) // the zero time where there is none
	for _, e := range log.Events() {
		if _, ok := e.Data.(sim.MilestoneData); ok && e.Subject == milestone {
			return moment(start, e.At)
		}
	}
	return "later"
}

// Write writes the grid as a table.
func (g *Grid) Write(w io.Writer, title string, style Style) error {
	p := &page{style: style}
	p.line("%s", p.bold(title))
	last := len(g.Knobs) - 1
	head := slices.Clone(g.Knobs[:last])
	for _, v := range g.Across {
		head = append(head, g.Knobs[last]+" "+v)
	}
	rows := [][]string{head}
	for i, values := range g.Rows {
		rows = append(rows, slices.Concat(values, g.Cells[i]))
	}
	p.table(rows)
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write sensitivity: %w", err)
	}
	return nil
}
