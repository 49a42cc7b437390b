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
	Named      []namedShare // the parts that have names of their own, and what came after them
	States     []sharePart  // the same time by how a virtual machine was, where it is one
	Without    string       // what the model says would have spared it
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

// namedShare is a share of the time with the name that the log gave it.
type namedShare struct {
	Number  int
	Name    string
	Length  string
	Percent string
	Without string
}

// Hue is the class of its colour.
func (n namedShare) Hue() string { return hue(n.Number) }

// share makes the bars, all on one scale, the longest first.
func (s *sheet) share(t *tracks) {
	if !s.Steady {
		return
	}
	scale := time.Duration(0)
	for _, w := range s.Workloads {
		scale = max(scale, time.Duration(w.Total))
	}
	for _, id := range s.byTotal() {
		i := slices.IndexFunc(s.Workloads, func(w Workload) bool { return w.ID == id })
		if w := s.Workloads[i]; w.Total > 0 {
			s.Bars = append(s.Bars, s.bar(t, w, scale))
		}
	}
}

// bar splits a workload's time: by the shares that have names where the log has them, by what led to it elsewhere.
func (s *sheet) bar(t *tracks, w Workload, scale time.Duration) shareBar {
	b := shareBar{Name: w.ID, Lane: t.ids.of("work", w.ID), Total: Duration(time.Duration(w.Total))}
	member := worstMember(t.history, w)
	if shares := s.sharesOf(w.ID); len(shares) > 0 {
		member = shares[0].Member
		b.Parts, b.Named = s.named(shares, scale)
	} else {
		b.Parts, b.Without = s.pieces(t, t.history.OutagesOf(member), scale), without(s.Report, w)
	}
	if len(t.guests.spans[member]) > 0 {
		b.States = statePieces(t.memberSpans(member), scale)
	}
	if w.Members > 1 {
		b.Member = member
	}
	return b
}

// named makes pieces of shares. What came after the outages is told beside them, and is no piece.
func (s *sheet) named(shares []Cause, scale time.Duration) (pieces []sharePart, list []namedShare) {
	total := sim.Seconds(0)
	for _, c := range shares {
		if !c.After {
			total += c.Length
		}
	}
	x := 0.0
	for _, c := range shares {
		n := namedShare{Name: c.Name, Length: minutes(c.Length), Percent: "after", Without: waysOut(c.Without)}
		if !c.After {
			n.Number = s.causeNumber(c.Name, "")
			n.Percent = fmt.Sprintf("%.0f%%", 100*float64(c.Length)/float64(max(1, total)))
			p := sharePart{Number: n.Number, Text: n.Length + " " + c.Name, x: x, w: percent(time.Duration(c.Length), scale)}
			pieces, x = append(pieces, p), x+p.w
		}
		list = append(list, n)
	}
	return pieces, list
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
			p.Number = s.causeNumber(entry, t.ids.of("fault", entry))
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
func (s *sheet) causeNumber(name, lane string) int {
	for _, c := range s.Causes {
		if c.Name == name {
			return c.Number
		}
	}
	n := len(s.Causes) + 1
	s.Causes = append(s.Causes, causeKey{n, name, lane})
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
