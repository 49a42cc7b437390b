package report

import (
	"html/template"
	"slices"
	"strconv"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// outageRow is a workload that was gone.
type outageRow struct {
	Workload
	Lane      string
	For, Give string
	From      string
	CauseLane string
	Model     string
	Limit     string
	Remarks   string
}

// Tick says whether it survived.
func (r outageRow) Tick() template.HTML { return tick(r.Survived) }

// outages fills the table of who was gone, the longest first, and the list of who was not.
func (s *sheet) outages(ids elementIDs) {
	if !s.Steady {
		return
	}
	for _, w := range s.Workloads {
		id := ids.of("work", w.ID)
		if w.impaired() {
			s.Impaired = append(s.Impaired, outageRow{Workload: w, Lane: id})
			continue
		}
		if w.Longest == nil {
			s.Spared = append(s.Spared, &lane{ID: id, Name: w.ID})
			continue
		}
		row := outageRow{
			Workload: w, Lane: id, For: goneFor(w.Longest, s.Report), Give: give(w.Longest),
			From: Clock(time.Duration(w.Longest.From)), Model: predicted(w), Limit: tolerates(w), Remarks: remarks(w),
		}
		if w.Longest.Entry != "" {
			row.CauseLane = ids.of("fault", w.Longest.Entry)
		}
		s.Rows = append(s.Rows, row)
	}
	slices.SortStableFunc(s.Rows, func(a, b outageRow) int {
		return int(min(1, max(-1, b.Longest.Lasted()-a.Longest.Lasted())))
	})
}

// Chips are the workloads behind the first answer.
func (s *sheet) Chips() []*lane {
	var all []*lane
	for _, g := range s.Groups {
		for _, l := range g.Lanes {
			if g.ID == "workloads" && (l.Mark != nil || !s.telling()) {
				all = append(all, l)
			}
		}
	}
	return all
}

// verdictRow is an expectation with what became of it.
type verdictRow struct {
	Verdict
	Held *bool
}

// Tick says whether it was met; a question mark where that is not known.
func (v verdictRow) Tick() template.HTML {
	if v.Held == nil {
		return `<span class="tick" role="img" aria-label="not known">?</span> `
	}
	return tick(v.Held)
}

// expected lists the expectations, those that were not met first.
func (s *sheet) expected() {
	if !s.telling() {
		return
	}
	for _, v := range s.Verdicts {
		if v.Part != "expect" {
			continue
		}
		row := verdictRow{Verdict: v}
		if v.Outcome != sim.Inconclusive {
			held := v.Outcome == sim.Passed
			row.Held = &held
		}
		s.Expected = append(s.Expected, row)
	}
	slices.SortStableFunc(s.Expected, func(a, b verdictRow) int { return rank(a.Held) - rank(b.Held) })
}

// rank puts what failed first, then what is not known.
func rank(held *bool) int {
	switch {
	case held == nil:
		return 1
	case *held:
		return 2
	}
	return 0
}

// figureRow is what was measured of a workload.
type figureRow struct {
	Name                      string
	Asked, Answered, P50, P99 string
	Reconnects                int
	Resolution                string
}

// measured fills how far the figures can be trusted and what the run cost.
func (s *sheet) measured() {
	for _, k := range s.Skews {
		if k.Forwarding > 0 || k.Carrier > 0 || k.Resolution > 0 { // the model's instants are instants
			s.Measured = append(s.Measured, skewWords(k))
		}
	}
	if len(s.Real) > 0 && s.Steady {
		s.Measured = append(s.Measured, realWords(s.Report))
	}
	if len(s.Emulated) > 0 {
		s.Measured = append(s.Measured, "emulated here: "+And(s.Emulated))
	}
	for _, w := range s.Workloads {
		if w.Asked == 0 {
			continue
		}
		row := figureRow{
			Name: w.ID, Asked: strconv.FormatUint(w.Asked, 10), Answered: strconv.FormatUint(w.Answered, 10),
			P50: Duration(fromMilliseconds(w.P50)), P99: Duration(fromMilliseconds(w.P99)), Reconnects: w.Reconnects,
		}
		if w.Longest != nil {
			row.Resolution = give(w.Longest)
		}
		s.Figures = append(s.Figures, row)
	}
}

func fromMilliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
