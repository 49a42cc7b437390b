package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	register("markdown", "for the post-mortem: what happened, what it cost, what helped and what would have", Markdown)
}

// Markdown writes a post-mortem: what the log knows of it, to be completed by those who were there. It blames nobody, and
// says of nothing more than was seen or played.
func Markdown(w io.Writer, r *Report, _ Style) error {
	d := &document{}
	for _, section := range []func(*document, *Report){
		summary, impact, timeline, causes, balance, counterfactuals, evidence,
	} {
		section(d, r)
	}
	if _, err := io.WriteString(w, d.String()); err != nil {
		return fmt.Errorf("write markdown report: %w", err)
	}
	return nil
}

// document is a Markdown text being written.
type document struct{ strings.Builder }

func (d *document) heading(text string) { fmt.Fprintf(d, "\n## %s\n\n", text) }

func (d *document) item(format string, args ...any) {
	fmt.Fprintf(d, "- %s\n", marked(fmt.Sprintf(format, args...)))
}

// row writes a row of a table; the first one of a table is followed by a rule.
func (d *document) row(first bool, cells ...string) {
	for i := range cells {
		cells[i] = marked(cells[i])
	}
	fmt.Fprintf(d, "| %s |\n", strings.Join(cells, " | "))
	if first {
		d.WriteString(strings.Repeat("|---", len(cells)) + "|\n")
	}
}

// marks are what Markdown would take for its own in names that people chose.
var marks = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`)

func marked(text string) string { return marks.Replace(text) }

func summary(d *document, r *Report) {
	fmt.Fprintf(d, "# %s\n\n", marked(r.Scenario))
	if r.Story != "" {
		d.WriteString(marked(r.Story) + "\n\n")
	}
	d.item("%s world, seed %d, %s%s", r.World, r.Seed, r.Plant, startWords(r.Start))
	if r.Survived.Of > 0 && r.telling() {
		d.item("%s", r.Survived.String("survived:", "workload"))
	}
	if r.AsExpected.Of > 0 && r.telling() {
		d.item("%s", r.AsExpected.String("as expected:", ""))
	}
	for _, doubt := range r.Doubts {
		d.item("inconclusive: %s", doubt)
	}
	if r.Recovery == nil {
		return
	}
	for _, m := range r.Recovery.Milestones {
		d.item("%s at %s, after %s", m.Name, r.timeOfDay(m.At), minutes(m.At))
	}
	for _, s := range r.Recovery.Stuck {
		d.item("never recovers: %s", s)
	}
}

func impact(d *document, r *Report) {
	d.heading("Impact")
	d.row(true, "workload", "gone for", "from", "members", "survived", "led to by")
	for _, id := range r.byTotal() {
		w := r.workload(id)
		if o := w.Longest; o != nil {
			d.row(false, id, goneFor(o, r), r.timeOfDay(o.From), fmt.Sprintf("%d of %d", w.Hit, w.Members), survivedWord(w), orWord(o.Entry, "unknown"))
		}
	}
	for _, w := range r.Workloads {
		if w.impaired() {
			fmt.Fprintf(d, "\nImpaired: %s: %s.\n", marked(w.ID), w.Suffers())
		}
	}
	if spared := r.spared(); len(spared) > 0 {
		fmt.Fprintf(d, "\nNever gone: %s.\n", marked(And(spared)))
	}
}

func survivedWord(w Workload) string {
	switch {
	case w.Survived == nil:
		return "not asked"
	case *w.Survived:
		return "yes"
	}
	return "no"
}

func (r *Report) workload(id string) Workload {
	for _, w := range r.Workloads {
		if w.ID == id {
			return w
		}
	}
	return Workload{}
}

// spared lists the workloads that were never gone, nor impaired.
func (r *Report) spared() []string {
	var all []string
	for _, w := range r.Workloads {
		if w.Longest == nil && !w.impaired() {
			all = append(all, w.ID)
		}
	}
	return all
}

func timeline(d *document, r *Report) {
	d.heading("Timeline")
	last := ""
	d.row(true, "time", "what happened")
	for _, m := range r.Moments {
		at := r.timeOfDay(m.At)
		if at == last {
			at = ""
		} else {
			last = at
		}
		d.row(false, at, m.Text)
	}
}

// causes are where the time of the workload went that was gone the longest.
func causes(d *document, r *Report) {
	lost := r.lost()
	if len(lost) == 0 {
		return
	}
	d.heading("Where the time went")
	fmt.Fprintf(d, "Of %s, the machine or conversation of %s that was gone the longest.\n\n", marked(r.sharesOf(lost[0])[0].Member), marked(lost[0]))
	d.row(true, "share", "time", "gone without")
	for _, s := range r.sharesOf(lost[0]) {
		name := s.Name
		if s.After {
			name += " (served again)"
		}
		d.row(false, name, minutes(s.Length), waysOut(s.Without))
	}
}

// balance is what helped and what hurt, as far as a log can tell.
func balance(d *document, r *Report) {
	helped, hurt := r.helped(), r.hurt()
	if len(helped) > 0 {
		d.heading("What helped")
		for _, h := range helped {
			d.item("%s", h)
		}
	}
	if len(hurt) > 0 {
		d.heading("What hurt")
		for _, h := range hurt {
			d.item("%s", h)
		}
	}
}

func (r *Report) helped() []string {
	var all []string
	if spared := r.spared(); len(spared) > 0 && len(spared) < len(r.Workloads) {
		all = append(all, And(spared)+" had nothing to do with it, and was never gone")
	}
	if r.Recovery == nil {
		return all
	}
	for _, s := range r.Recovery.Steps {
		if strings.Contains(s, "stopped") || strings.Contains(s, "rejected") {
			all = append(all, s)
		}
	}
	for _, p := range r.Recovery.Parts {
		if p.Fitted > p.Ordered {
			all = append(all, fmt.Sprintf("%d spare %s lay on the shelf", p.Fitted-p.Ordered, p.Model))
		}
	}
	return all
}

func (r *Report) hurt() []string {
	var all []string
	for _, s := range r.longShares() {
		all = append(all, fmt.Sprintf("%s: %s of %s", s.Name, minutes(s.Length), s.Workload))
	}
	for _, w := range r.Workloads {
		if o := w.Longest; o != nil && strings.HasPrefix(o.Why, "side effect") {
			all = append(all, fmt.Sprintf("%s was gone by a %s, not by the fault", w.ID, o.Why))
		}
	}
	if rec := r.Recovery; rec != nil && len(rec.Notices) > 0 {
		all = append(all, "clients heard first at "+r.timeOfDay(rec.Notices[0].At))
	}
	return all
}

// worthTelling is what part of the whole a share must be to be told by itself. Chosen: a twentieth.
const worthTelling = 20

// longShares are the longest shares of the workload that was gone the longest.
func (r *Report) longShares() []Cause {
	var all []Cause
	for _, w := range r.lost()[:min(1, len(r.lost()))] {
		total := sim.Seconds(0)
		for _, s := range r.sharesOf(w) {
			total += s.Length
		}
		for _, s := range r.sharesOf(w) {
			if !s.After && s.Length*worthTelling > total {
				all = append(all, s)
			}
		}
	}
	return all
}

// counterfactuals are what would not have been without each set of entries, by replays of the model.
func counterfactuals(d *document, r *Report) {
	spared, order := map[string]time.Duration{}, []string(nil)
	lost := r.lost()
	if len(lost) == 0 {
		return
	}
	for _, s := range r.sharesOf(lost[0]) {
		for _, set := range s.Without {
			key := And(set)
			if _, known := spared[key]; !known {
				order = append(order, key)
			}
			if !s.After {
				spared[key] += time.Duration(s.Length)
			}
		}
	}
	d.heading("What would have been")
	for _, key := range order {
		d.item("Without %s: %s of the time of %s would not have been.", key, minutes(sim.Seconds(spared[key])), lost[0])
	}
}

func evidence(d *document, r *Report) {
	d.heading("How this is known")
	for _, v := range r.Verdicts {
		if v.Part == "expect" {
			d.item("%s: %s (wanted %s): %s", v.ID, v.Outcome, v.Want, v.Got)
		}
	}
	if len(r.Emulated) > 0 {
		d.item("emulated: %s", And(r.Emulated))
	}
	for _, n := range r.Notes {
		d.item("note: %s", n)
	}
}
