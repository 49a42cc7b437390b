package drill

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// After writes the after-action report and improvement plan of a drill from its log alone, ready to be worked over.
func After(w io.Writer, s *Script, sc *sim.Scenario, log *sim.Log) error {
	p := &paper{}
	p.title(sc.Name, "after-action report and improvement plan")
	for _, section := range []func(*paper, *Script, *sim.Scenario, *sim.Log){
		overview, axes, timeline, told, hotWash, plan,
	} {
		section(p, s, sc, log)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

func overview(p *paper, s *Script, sc *sim.Scenario, log *sim.Log) {
	p.line("%s\n", s.Purpose)
	h := sim.HistoryOf(log)
	end, _ := h.End()
	p.line("Played: %s of scenario time.\n", round(end))
	p.head("workload", "members hit", "longest outage", "back")
	for _, u := range sc.Uses {
		longest, some := h.Longest(u.ID)
		if !some {
			p.row(u.ID, "none", "", "")
			continue
		}
		hit := 0
		for _, m := range h.Members(u.ID) {
			if len(h.OutagesOf(m)) > 0 {
				hit++
			}
		}
		back := when(sc, round(longest.To))
		if longest.Open {
			back = "not back"
		}
		p.row(u.ID, fmt.Sprintf("%d of %d", hit, len(u.Members)), round(longest.Length()).String(), back)
	}
	p.line("")
}

// axes is how the table did: the evidence of each objective beside what people rated. There is no sum.
func axes(p *paper, s *Script, sc *sim.Scenario, log *sim.Log) {
	p.line("## Objectives\n")
	p.head("axis", "objective", "rated", "by", "what was seen")
	for _, o := range s.Objectives {
		rating, who, why := "not rated", "", ""
		for _, e := range log.Events() {
			if d, ok := e.Data.(sim.RatingData); ok && e.Subject == o.Key {
				rating, who, why = d.Rating+": "+Ratings[d.Rating], d.By, d.Text
			}
		}
		p.row(string(o.Value.Axis), o.Value.Text, rating, who, strings.Join(append(evidence(s, sc, log, o.Key), why), "; "))
	}
	p.line("")
}

// evidence is what the log shows about an objective: when its injects came, what was decided, what was noted.
func evidence(s *Script, sc *sim.Scenario, log *sim.Log, objective string) []string {
	var all []string
	for _, e := range log.Events() {
		switch d := e.Data.(type) {
		case sim.DecidedData:
			if q := s.Decisions.Lookup(e.Subject); q != nil && q.Objective == objective {
				all = append(all, fmt.Sprintf("%s: %s decided: %s", when(sc, round(e.At)), e.Subject, d.Option))
			}
		case sim.InjectData:
			if x := s.Injects.Lookup(e.Subject); x != nil && x.Objective == objective {
				all = append(all, fmt.Sprintf("%s: %s", when(sc, round(e.At)), e.Subject))
			}
		case sim.RemarkData:
			if e.Subject == objective {
				all = append(all, fmt.Sprintf("%s: %s", when(sc, round(e.At)), d.Text))
			}
		}
	}
	return all
}

// timeline is who did what when, without blame: what the team was told, did and found.
func timeline(p *paper, _ *Script, sc *sim.Scenario, log *sim.Log) {
	p.line("## What happened\n")
	p.head("time", "what", "who")
	for _, e := range log.Events() {
		if what, who := say(e); what != "" {
			p.row(when(sc, round(e.At)), what, who)
		}
	}
	p.line("")
}

func say(e sim.Event) (what, who string) {
	switch d := e.Data.(type) {
	case sim.PhaseData:
		return strings.ToUpper(d.Phase) + because(d.Why), ""
	case sim.FaultData:
		return "(truth) " + d.Text, d.By
	case sim.InjectData:
		return fmt.Sprintf("%s: %s", d.Via, d.Text), d.To
	case sim.DecidedData:
		return fmt.Sprintf("decided %s: %s%s", e.Subject, d.Option, because(d.Why)), d.By
	case sim.WorkData:
		if d.Done {
			return e.Subject + ": " + d.Found, d.By
		}
		return e.Subject + " begun" + because(d.Why), d.By
	case sim.PostedData:
		return "notice: " + d.Text, d.By
	}
	return "", ""
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// told is how customers were kept: the first notice, and each time that was promised.
func told(p *paper, _ *Script, sc *sim.Scenario, log *sim.Log) {
	p.line("## Communication\n")
	began, back := sim.Never, time.Duration(0)
	h := sim.HistoryOf(log)
	for _, u := range sc.Uses {
		if longest, some := h.Longest(u.ID); some {
			began, back = min(began, longest.From), max(back, longest.To)
		}
	}
	first := true
	for _, e := range log.Events() {
		d, ok := e.Data.(sim.PostedData)
		if !ok {
			continue
		}
		line := fmt.Sprintf("- %s: %s", when(sc, round(e.At)), d.Text)
		if first && began != sim.Never {
			line += fmt.Sprintf(" (the first notice, %s after the outage began)", round(e.At-began))
		}
		if d.ETA != nil {
			line += fmt.Sprintf(" (promised %s, off by %s)", when(sc, time.Duration(*d.ETA)), round(back-time.Duration(*d.ETA)))
		}
		first = false
		p.line("%s", line)
	}
	if first {
		p.line("- Customers were told nothing.")
	}
	p.line("")
}

// hotWash is what the table said right after it.
func hotWash(p *paper, _ *Script, _ *sim.Scenario, log *sim.Log) {
	p.line("## Hot wash\n")
	for _, part := range []struct{ key, title string }{{"well", "What went well"}, {"hurt", "What hurt"}, {"surprised", "What surprised"}, {"note", "Notes"}} {
		p.line("### %s\n", part.title)
		for _, e := range log.Events() {
			if d, ok := e.Data.(sim.RemarkData); ok && d.Part == part.key {
				p.line("- %s", d.Text)
			}
		}
		p.line("")
	}
}

// plan is the improvement plan: each finding with its owner, its date, and how to see that it is mended.
func plan(p *paper, _ *Script, sc *sim.Scenario, log *sim.Log) {
	p.line("## Improvement plan\n")
	p.head("objective", "finding", "action", "owner", "until", "play it again")
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.FindingData); ok {
			again := "dcdrill run " + sc.Name
			if d.Remedy != "" {
				again += " --variant " + d.Remedy
			}
			p.row(d.Objective, d.Text, d.Action, d.Owner, d.Until, "`"+again+"`")
		}
	}
}

// round is a time as it is told: to the second.
func round(d time.Duration) time.Duration { return d.Round(time.Second) }
