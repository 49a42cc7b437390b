package report

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	register("text", "for people: the two answers, what was gone for how long, and why", Text)
}

// Text writes for people. It puts the answers first, then what a reader asks next: what was gone, why, what happened, can I trust it.
func Text(w io.Writer, r *Report, s Style) error {
	p := &page{style: s}
	for _, section := range []func(*page, *Report){
		head, answers, gone, machines, figures, went, recovered, expectations, happened, measuring, notes,
	} {
		section(p, r)
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write text report: %w", err)
	}
	return nil
}

// Comparison writes what was measured beside what the model says, and nothing else.
func Comparison(w io.Writer, r *Report, s Style) error {
	p := &page{style: s}
	head(p, r)
	gone(p, r)
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write comparison: %w", err)
	}
	return nil
}

func head(p *page, r *Report) {
	p.wrap("", p.bold(r.Scenario)+p.faint(" · "+r.World+" world · seed "+fmt.Sprint(r.Seed)+" · "+r.Plant+startWords(r.Start)))
	p.wrap("", r.Story)
}

func startWords(start string) string {
	t, err := time.Parse(time.RFC3339, start)
	if err != nil {
		return ""
	}
	return " · from " + t.Format("2006-01-02 15:04 -07:00")
}

func answers(p *page, r *Report) {
	p.blank()
	switch r.Finding {
	case Interrupted:
		when := "before the first fault"
		if r.Steady {
			when = "at " + Clock(r.lasted())
		}
		p.line("%s %s: this is what was seen until then", p.bad("INTERRUPTED"), when)
		p.blank()
	case Inconclusive:
		p.line("%s", p.bad("INCONCLUSIVE"))
		p.list(r.Doubts)
		if !r.whole() {
			p.wrap("  - ", "the run ended early: "+r.EndReason)
		}
		p.blank()
	}
	if !r.telling() {
		return
	}
	if r.Survived.Of > 0 {
		p.line("%s", p.answer(r.Survived, r.Survived.String("SURVIVED", "workload")))
	}
	if r.AsExpected.Of > 0 {
		p.line("%s", p.answer(r.AsExpected, r.AsExpected.String("AS EXPECTED", "")))
	}
}

// gone is the table of workloads that were not served, by cause, and the names of the others.
func gone(p *page, r *Report) {
	if !r.Steady {
		return // nothing was served that could go
	}
	causes, hit := byCause(r)
	for _, cause := range causes {
		p.blank()
		p.wrap("", p.bold("Gone: ")+cause)
		p.table(outageTable(p, r, hit[cause]))
		blame(p, r, hit[cause])
	}
	for _, w := range r.Workloads {
		if w.impaired() {
			p.blank()
			p.wrap("", p.bold("Impaired: ")+w.ID+": "+w.Suffers())
		}
	}
	if spared := r.spared(); len(spared) > 0 {
		p.blank()
		p.wrap("", p.bold("Never gone: ")+Few(spared, 12))
	}
}

// blame says, where more than one entry could have done it, without which it would not have been.
func blame(p *page, r *Report, ws []Workload) {
	var order []string
	who := map[string][]string{}
	for _, w := range ws {
		if said := without(r, w); said != "" {
			if who[said] == nil {
				order = append(order, said)
			}
			who[said] = append(who[said], w.ID)
		}
	}
	for _, said := range order {
		p.wrap("     ", p.faint(said+", not gone or not for as long: "+And(who[said])))
	}
}

// without says what would have spared a workload, where more than one entry could have done it.
func without(r *Report, w Workload) string {
	if r.Entries < 2 {
		return ""
	}
	var ways []string
	for i, set := range w.Blame {
		if coversAnother(w.Blame, i) {
			continue // of another outage: "without a, or without a and b" says no more than "without a"
		}
		ways = append(ways, "without "+And(set))
	}
	return strings.Join(ways, ", or ")
}

// coversAnother says whether one of the sets holds all of another and more.
func coversAnother(sets [][]string, i int) bool {
	return slices.ContainsFunc(sets, func(other []string) bool {
		return len(other) < len(sets[i]) && !slices.ContainsFunc(other, func(id string) bool { return !slices.Contains(sets[i], id) })
	})
}

// byCause sorts the workloads that were gone by what led to it.
func byCause(r *Report) (causes []string, hit map[string][]Workload) {
	hit = map[string][]Workload{}
	for _, w := range r.Workloads {
		if w.Longest == nil {
			continue
		}
		cause := because(w)
		if hit[cause] == nil {
			causes = append(causes, cause)
		}
		hit[cause] = append(hit[cause], w)
	}
	return causes, hit
}

func because(w Workload) string {
	switch {
	case w.Longest.Why != "":
		return w.Longest.Why
	case w.Longest.Entry != "":
		return w.Longest.Entry
	}
	return "no fault led to it"
}

// outageTable has a row per workload, and a column only where some row has something to say.
func outageTable(p *page, r *Report, ws []Workload) [][]string {
	rows := [][]string{{"", "workload", "gone for", "", "from", "model says", "tolerates", ""}}
	sort.SliceStable(ws, func(i, j int) bool { return ws[i].Longest.Lasted() > ws[j].Longest.Lasted() })
	for _, w := range ws {
		o := w.Longest
		rows = append(rows, []string{
			p.mark(w.Survived), w.ID, goneFor(o, r), give(o), Clock(time.Duration(o.From)), predicted(w),
			tolerates(w), p.faint(remarks(w)),
		})
	}
	return rows
}

// goneFor is how long an outage was, as far as the run tells.
func goneFor(o *Outage, r *Report) string {
	switch {
	case o.Open && r.EndReason == "played":
		return "for good" // nothing was left that could have brought it back
	case o.Open:
		return "> " + Duration(o.Lasted())
	}
	return Duration(o.Lasted())
}

// tolerates is the longest outage that the workload may have in this scenario.
func tolerates(w Workload) string {
	if w.Wanted == "" {
		return Duration(time.Duration(w.Tolerates))
	}
	bound := strings.TrimPrefix(strings.TrimPrefix(w.Wanted, "longest outage "), "<= ")
	if d, err := time.ParseDuration(bound); err == nil {
		return Duration(d)
	}
	return bound
}

// give is how finely an outage was measured.
func give(o *Outage) string {
	if o.Resolution == 0 {
		return ""
	}
	return "±" + Duration(time.Duration(o.Resolution))
}

func predicted(w Workload) string {
	switch b := w.Predicted; {
	case b == nil:
		return ""
	case b.ForGood && b.Most == 0:
		return "for good"
	case b.ForGood:
		return Duration(time.Duration(b.Least)) + " or for good"
	case b.Least == b.Most:
		return Duration(time.Duration(b.Least))
	default:
		return Duration(time.Duration(b.Least)) + " to " + Duration(time.Duration(b.Most))
	}
}

// remarks are what is worth saying of some workloads only.
func remarks(w Workload) string {
	var all []string
	if w.Longest.Open {
		all = append(all, "not back")
	}
	if w.Members > 1 {
		all = append(all, fmt.Sprintf("%d of %d", w.Hit, w.Members))
	}
	if n := w.Outages; n > w.Hit {
		all = append(all, fmt.Sprintf("%d outages, %s in all", n, Duration(time.Duration(w.Total))))
	}
	if w.Reconnects > 0 {
		all = append(all, Plural(w.Reconnects, "reconnect"))
	}
	return strings.Join(all, ", ")
}

// expectations lists what was expected, the unmet first.
func expectations(p *page, r *Report) {
	if !r.telling() {
		return
	}
	var unmet, met []Verdict
	for _, v := range r.Verdicts {
		switch {
		case v.Part != "expect":
		case v.Outcome == sim.Passed:
			met = append(met, v)
		default:
			unmet = append(unmet, v)
		}
	}
	for _, part := range []struct {
		title    string
		verdicts []Verdict
	}{{"Not as expected", unmet}, {"As expected", met}} {
		if len(part.verdicts) == 0 {
			continue
		}
		p.blank()
		p.line("%s", p.bold(part.title))
		for _, v := range part.verdicts {
			p.verdict(v)
		}
	}
}

func happened(p *page, r *Report) {
	if len(r.Moments) == 0 {
		return
	}
	p.blank()
	p.line("%s", p.bold("What happened"))
	p.moments(r)
}

// measuring says how far the figures can be trusted and what the run cost.
func measuring(p *page, r *Report) {
	p.blank()
	for _, s := range r.Skews {
		if s.Forwarding > 0 || s.Carrier > 0 || s.Resolution > 0 { // the model's instants are instants
			p.wrap("  ", skewWords(s))
		}
	}
	if len(r.Real) > 0 && r.Steady {
		p.wrap("  ", realWords(r))
	}
	if len(r.Emulated) > 0 {
		p.wrap("  ", p.faint("emulated here: "+And(r.Emulated)))
	}
}

func skewWords(s Skew) string {
	within := "at one instant of the kernel's clock"
	if s.Forwarding > 0 {
		within = "within " + Duration(time.Duration(s.Forwarding))
	}
	text := fmt.Sprintf("%s: %s hit %s", s.Entry, Plural(s.Members, "member"), within)
	if s.Carrier > 0 {
		text += ", carriers within " + Duration(time.Duration(s.Carrier))
	}
	if s.Resolution > 0 {
		text += " (measured to " + Duration(time.Duration(s.Resolution)) + ")"
	}
	return text
}

func realWords(r *Report) string {
	var sum, jumped sim.Seconds
	var parts []string
	for _, name := range []string{"build", "steady", "play", "settle"} {
		if d := r.Real[name]; d > 0 {
			sum += d
			parts = append(parts, name+" "+Duration(time.Duration(d)))
		}
	}
	for _, j := range r.Jumps {
		jumped += j.To - j.From
	}
	text := fmt.Sprintf("%s of scenario time in %s of real time (%s)", Clock(r.lasted()), Duration(time.Duration(sum)), strings.Join(parts, ", "))
	if len(r.Jumps) > 0 {
		text += fmt.Sprintf("; %s left out %s in which nothing could change", Plural(len(r.Jumps), "jump"), Duration(time.Duration(jumped)))
	}
	return text
}

func notes(p *page, r *Report) {
	for _, n := range r.Notes {
		p.wrap("  ", p.faint("note: "+n))
	}
}
