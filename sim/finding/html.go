package finding

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	register("html", "a page to look at and to send on, by severity and by workload", writeHTML)
}

//go:embed html.tmpl
var pageTemplate string

var page = template.Must(template.New("finding").Parse(pageTemplate))

// writeHTML writes one file that needs nothing else. Findings and the workloads that suffer from them link to one another.
func writeHTML(w io.Writer, r *Report) error {
	f := &report.Foreword{Title: "dcdrill " + r.Command + " " + r.File, Lead: r.lead()}
	hurt, places := map[string][]entry{}, map[string]string{}
	number := 0
	add := func(id, title, body string, data any) error {
		var b bytes.Buffer
		if err := page.ExecuteTemplate(&b, body, data); err != nil {
			return err
		}
		f.Sections = append(f.Sections, report.Section{ID: "fore-" + id, Title: title, Body: template.HTML(b.String())}) // escaped by the template
		return nil
	}
	for i, p := range r.parts() {
		var all []entry
		for _, x := range p.findings {
			number++
			e := entry{Finding: x, ID: fmt.Sprintf("finding-%d", number)}
			all = append(all, e)
			places[x.Fingerprint()] = e.ID
			for _, w := range x.Workloads {
				hurt[w] = append(hurt[w], e)
			}
		}
		if err := add(fmt.Sprintf("part-%d", i), titled(p.title), "findings", all); err != nil {
			return err
		}
	}
	if len(hurt) > 0 {
		if err := add("workloads", "By workload", "workloads", byWorkload(hurt)); err != nil {
			return err
		}
	}
	if x := r.Recoveries; x != nil {
		data := struct {
			Asked string
			Rows  []recoveryRow
		}{x.Asked, recoveryRows(x.All, places, hurt)}
		if err := add("recoveries", "Worst recoveries", "recoveries", data); err != nil {
			return err
		}
	}
	if err := r.addMore(add); err != nil {
		return err
	}
	return report.WriteSections(w, f)
}

// addMore adds what was accepted and the notes. What judges nothing has nothing that could be accepted.
func (r *Report) addMore(add func(id, title, body string, data any) error) error {
	if r.FailOn == FailOnNothing {
		if len(r.Notes) == 0 {
			return nil
		}
		return add("more", "Notes", "notes", r.Notes)
	}
	accepted := r.some(func(f *Finding) bool { return f.Accepted != nil })
	return add("more", "Accepted, and notes", "more", struct {
		Accepted []*Finding
		Notes    []string
	}{accepted, r.Notes})
}

// lead is what was asked, and the last word on it.
func (r *Report) lead() string {
	asked := "Against " + r.Base + ": " + r.Asked
	if r.Base == "" {
		first, size := utf8.DecodeRuneInString(r.Asked)
		asked = string(unicode.ToUpper(first)) + r.Asked[size:]
	}
	return asked + ". " + r.Verdict() + "."
}

func titled(title string) string {
	if title == "" {
		return "Findings"
	}
	return title
}

// entry is a finding with its place on the page.
type entry struct {
	*Finding
	ID string
}

// Word is how bad it is, and what became of it.
func (e entry) Word() string { return e.word() }

// Where is where it was typed; empty where nobody typed it.
func (e entry) Where() string {
	if e.Pos.Line == 0 {
		return ""
	}
	return e.Pos.String()
}

// Places are where the rest of it was typed.
func (e entry) Places() (all []string) {
	for _, p := range e.Also {
		all = append(all, p.String())
	}
	return all
}

// Line is the line where it was typed, without its indentation: alone it says nothing, and takes a phone's width.
func (e entry) Line() string { return strings.TrimSpace(e.Pos.Source()) }

// Before is what the base says, where that is another thing.
func (e entry) Before() string {
	if e.Was == e.Message {
		return ""
	}
	return e.Was
}

// Todo is what to do about it, while it is there.
func (e entry) Todo() string {
	if e.Change == Gone {
		return ""
	}
	return e.Remedy
}

// suffering is a workload with what it suffers from.
type suffering struct {
	Workload string
	Findings []entry
}

// ID is where it stands on the page.
func (s suffering) ID() string { return workloadID(s.Workload) }

func workloadID(workload string) string { return "workload-" + workload }

// Sufferers are the workloads that suffer from a finding, with their places on the page.
func (e entry) Sufferers() (all []suffering) {
	for _, w := range e.Workloads {
		all = append(all, suffering{Workload: w})
	}
	return all
}

func byWorkload(hurt map[string][]entry) []suffering {
	var all []suffering
	for w, findings := range hurt {
		all = append(all, suffering{w, slices.Compact(findings)})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Workload < all[j].Workload })
	return all
}
