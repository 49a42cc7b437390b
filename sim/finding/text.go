package finding

import (
	"fmt"
	"io"
	"strings"

	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func init() {
	register("text", "for people", writeText)
}

func writeText(w io.Writer, r *Report) error {
	var b strings.Builder
	b.WriteString(r.title() + "\n")
	for _, p := range r.parts() {
		b.WriteString("\n")
		if p.title != "" {
			b.WriteString(p.title + "\n\n")
		}
		for i, f := range p.findings {
			b.WriteString(strings.Repeat("\n", min(i, 1)) + f.text())
		}
	}
	for _, f := range r.some(func(f *Finding) bool { return f.Accepted != nil }) {
		fmt.Fprintf(&b, "\naccepted until %s by %s: %s\n  %s\n", f.Accepted.Until, f.Accepted.Owner, f.Message, f.Accepted.Reason)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\nnote: %s\n", n)
	}
	b.WriteString("\n" + r.Verdict() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// text is a finding as compilers print an error, with the remedy and the fingerprint below it.
func (f *Finding) text() string {
	problem := yamlfile.Problem{Pos: f.Pos, Msg: f.word() + ": " + f.Message, Line: f.Pos.Source()}
	s := problem.String() + "\n"
	if f.Was != "" && f.Was != f.Message {
		s += "  was: " + f.Was + "\n"
	}
	for _, at := range f.Also {
		s += "  see " + at.String() + "\n"
	}
	if f.Remedy != "" && f.Change != Gone {
		s += "  do:  " + f.Remedy + "\n"
	}
	return s + "  id:  " + f.Fingerprint() + "\n"
}

// word is how bad it is and whether it is new, or that it is less or no more.
func (f *Finding) word() string {
	switch f.Change {
	case New, Worse:
		return string(f.Severity) + " (" + string(f.Change) + ")"
	case Better, Gone:
		return string(f.Change)
	}
	return string(f.Severity)
}

// title says what was held against what.
func (r *Report) title() string {
	s := r.Command + " " + r.File
	if r.Base != "" {
		s += " against " + r.Base
	}
	return s + ": " + r.Asked
}

// part is what is told under one heading.
type part struct {
	title    string
	findings []*Finding
}

// parts are the findings as people are told them: in a comparison by what became of them, else all together.
func (r *Report) parts() []part {
	if r.Base == "" {
		return filled(part{"", r.shown()})
	}
	var gone []*Finding
	for i := range r.Gone {
		gone = append(gone, &r.Gone[i])
	}
	return filled(
		part{"Worse", r.some((*Finding).regressed)},
		part{"Better", append(gone, r.some(func(f *Finding) bool { return f.Change == Better })...)},
	)
}

func filled(all ...part) []part {
	var some []part
	for _, p := range all {
		if len(p.findings) > 0 {
			some = append(some, p)
		}
	}
	return some
}

// Verdict is the last word: what was found, and whether that fails.
func (r *Report) Verdict() string {
	word := "HOLDS"
	if r.Failed() {
		word = "DOES NOT HOLD"
	}
	switch {
	case r.FailOn == FailOnNothing:
		return r.Summary()
	case r.Base == "":
		return fmt.Sprintf("%s: %s", word, r.Summary())
	}
	same := r.count(func(f *Finding) bool { return f.Change == Same && f.Severity != Note })
	better := len(r.Gone) + r.count(func(f *Finding) bool { return f.Change == Better })
	return fmt.Sprintf("%s: %s worse, %d better, %d as before", word, report.Plural(r.count((*Finding).regressed), "finding"), better, same)
}
