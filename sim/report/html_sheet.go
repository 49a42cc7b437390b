package report

import (
	"strconv"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// sheet is a report laid out as a page.
type sheet struct {
	standalone
	*Report
	// Standalone pages have everything in one file. The others are live, and Going while the run is.
	Standalone bool
	Going      bool
	Drawing    int
	To         time.Duration
	Torn       bool // the log ends without saying how the run did

	Reached  []milestone
	Groups   []laneGroup
	Warps    []span
	Figure   *figure
	Moments  []scene
	Bars     []shareBar
	Causes   []causeKey
	Rows     []outageRow
	Spared   []*lane
	Impaired []outageRow
	Expected []verdictRow
	Measured []string
	Figures  []figureRow
	Lines    logLines

	parts map[string]string
}

// milestone is a point of the recovery that people count from.
type milestone struct {
	Seq  int
	Name string
	At   time.Duration
}

// When is when it was reached, in words: by the time of day where the scenario has a date.
func (s *sheet) When(at time.Duration) string {
	if s.StartWords() == "" {
		return Clock(at)
	}
	return s.timeOfDay(sim.Seconds(at)) + ", after " + minutes(sim.Seconds(at))
}

// Base is the time of day of the scenario's start, in seconds since midnight; empty where it has none.
func (s *sheet) Base() string {
	start, err := time.Parse(time.RFC3339, s.Start)
	if err != nil {
		return ""
	}
	return strconv.Itoa(start.Hour()*3600 + start.Minute()*60 + start.Second())
}

func newSheet(r *Report, f *Foreword) *sheet {
	s := &sheet{standalone: standalone{f}, Report: r, To: max(r.lasted(), time.Second)}
	ids := elementIDs{}
	t := readTracks(r.log, ids)
	_, ended := t.history.End()
	s.Torn = ended == ""
	s.Reached = t.milestones
	s.Groups = t.groups(r)
	s.Warps = warps(r.Jumps)
	s.Figure = newFigure(t)
	s.Moments = scenes(r)
	s.share(t)
	s.outages(ids)
	s.expected()
	s.measured()
	s.Lines = readLines(r.log, s)
	return s
}

// Telling says whether there are verdicts to show.
func (s *sheet) Telling() bool { return s.telling() }

// Over says whether the run went to its end.
func (s *sheet) Over() bool { return s.whole() }

// Cut says of a run that did not go to its end what it ended with.
func (s *sheet) Cut() string {
	switch {
	case !s.Steady:
		return "before the first fault"
	default:
		return "at " + Clock(s.lasted())
	}
}

// SurvivedWords is the first of the two answers.
func (s *sheet) SurvivedWords() string { return s.Survived.String("SURVIVED", "workload") }

// ExpectedWords is the second.
func (s *sheet) ExpectedWords() string { return s.AsExpected.String("AS EXPECTED", "") }

// StartWords says when the scenario begins on its own calendar.
func (s *sheet) StartWords() string { return startWords(s.Start) }

// Seconds are the length of the time axis.
func (s *sheet) Seconds() float64 { return s.To.Seconds() }

// End is the end of the time axis, in words.
func (s *sheet) End() string { return Clock(s.To) }

// Legend lists the states that occur, in the order in which a reader meets them.
func (s *sheet) Legend() []state {
	seen := map[string]bool{}
	for _, g := range s.Groups {
		for _, l := range g.Lanes {
			l.each(func(sp *span) { seen[sp.State] = true })
		}
	}
	var all []state
	for _, st := range states {
		if seen[st.Class] {
			all = append(all, st)
		}
	}
	return all
}

// place turns times into places for pages that stand; a live page does so itself.
func (s *sheet) place() {
	for _, g := range s.Groups {
		for _, l := range g.Lanes {
			l.each(func(sp *span) { sp.place(s.To) })
		}
	}
	for i := range s.Warps {
		s.Warps[i].place(s.To)
	}
}

func warps(jumps []Jump) []span {
	var all []span
	for _, j := range jumps {
		from, to := max(0, time.Duration(j.From)), time.Duration(j.To)
		if to > from {
			all = append(all, span{From: from, To: to, State: "jump", Text: "the clock jumped " + Duration(to-from)})
		}
	}
	return all
}
