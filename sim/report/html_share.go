package report

import (
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// shareBar says where the time of a workload's worst member went.
type shareBar struct {
	Name, Lane string
	Member     string // the worst, where there are several
	Total      string
	Parts      []sharePart
	States     []sharePart // the same time by how a virtual machine was, where it is one
	Without    string      // what the model says would have spared it
}

// sharePart is a piece of a bar.
type sharePart struct {
	Number int // of its cause; 0: of a state of the machine, or unknown
	State  string
	Text   string
	x, w   float64
}

// Place is where the piece lies in its bar.
func (p sharePart) Place() template.HTMLAttr {
	return template.HTMLAttr(fmt.Sprintf(`x="%.3f%%" width="%.3f%%"`, p.x, p.w))
}

// Middle is where its label stands.
func (p sharePart) Middle() string { return fmt.Sprintf("%.3f%%", p.x+p.w/2) }

// Wide says whether a label has room.
func (p sharePart) Wide() bool { return p.w > 3 }

// causeKey explains a number in the bars.
type causeKey struct {
	Number     int
	Name, Lane string
}

// share makes the bars, all on one scale, the longest first.
func (s *sheet) share(t *tracks) {
	if !s.Steady {
		return
	}
	var gone []Workload
	for _, w := range s.Workloads {
		if w.Total > 0 {
			gone = append(gone, w)
		}
	}
	slices.SortStableFunc(gone, func(a, b Workload) int { return int(min(1, max(-1, b.Total-a.Total))) })
	for _, w := range gone {
		member, scale := worstMember(t.history, w), time.Duration(gone[0].Total)
		bar := shareBar{
			Name: w.ID, Lane: t.ids.of("work", w.ID), Total: Duration(time.Duration(w.Total)),
			Parts: s.pieces(t, t.history.OutagesOf(member), scale), Without: without(s.Report, w),
		}
		if len(t.guests.spans[member]) > 0 {
			bar.States = statePieces(t.memberSpans(member), scale)
		}
		if w.Members > 1 {
			bar.Member = member
		}
		s.Shares = append(s.Shares, bar)
	}
}

func worstMember(h *sim.History, w Workload) string {
	return slices.MaxFunc(h.Members(w.ID), func(a, b string) int {
		ta, _ := h.Total(a)
		tb, _ := h.Total(b)
		return int(min(1, max(-1, ta-tb)))
	})
}

// pieces splits a member's outages by the entry that each goes back to.
func (s *sheet) pieces(t *tracks, outages []sim.Outage, scale time.Duration) []sharePart {
	sums, order := map[string]time.Duration{}, []string(nil)
	for _, o := range outages {
		entry := s.log.Event(o.Fault).Subject
		if _, known := sums[entry]; !known {
			order = append(order, entry)
		}
		sums[entry] += o.Length()
	}
	var all []sharePart
	x := 0.0
	for _, entry := range order {
		p := sharePart{Text: Duration(sums[entry]) + " after " + entry, x: x, w: percent(sums[entry], scale)}
		if entry == "" {
			p.Text = Duration(sums[entry]) + ", no fault led to it"
		} else {
			p.Number = s.causeNumber(t.ids, entry)
		}
		x += p.w
		all = append(all, p)
	}
	return all
}

// statePieces splits a virtual machine's time by how it was, in the order of the legend.
func statePieces(spans []span, scale time.Duration) []sharePart {
	sums := map[string]time.Duration{}
	for _, sp := range spans {
		sums[sp.State] += sp.To - sp.From
	}
	var all []sharePart
	x := 0.0
	for _, st := range states {
		if sums[st.Class] == 0 {
			continue
		}
		p := sharePart{State: st.Class, Text: Duration(sums[st.Class]) + " " + st.Words, x: x, w: percent(sums[st.Class], scale)}
		x += p.w
		all = append(all, p)
	}
	return all
}

// causeNumber numbers the causes in order of appearance: a number can be told without colour.
func (s *sheet) causeNumber(ids elementIDs, entry string) int {
	for _, c := range s.Causes {
		if c.Name == entry {
			return c.Number
		}
	}
	n := len(s.Causes) + 1
	s.Causes = append(s.Causes, causeKey{n, entry, ids.of("fault", entry)})
	return n
}

// Hue is the class of the piece's colour; colours come round again after eight, numbers do not.
func (p sharePart) Hue() string { return hue(p.Number) }

// Hue is the same for the key.
func (c causeKey) Hue() string { return hue(c.Number) }

func hue(number int) string {
	if number == 0 {
		return "cause-none"
	}
	return fmt.Sprintf("cause-%d", (number-1)%8+1)
}
