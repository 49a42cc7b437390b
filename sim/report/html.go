package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strconv"

	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("html", "a page to look at and to send on: timeline, plant, outages and their causes", writeHTML)
}

//go:embed page
var pageFiles embed.FS

var pages = template.Must(template.New("page").Funcs(template.FuncMap{
	"fewest": func(events []int) []int { return events[:min(len(events), mostCites)] },
	"more":   func(events []int) int { return max(0, len(events)-mostCites) },
}).ParseFS(pageFiles, "page/*.tmpl"))

// mostCites is how many events are named in one place: a check of 284 machines rests on more than anybody reads (chosen).
const mostCites = 12

// writeHTML writes one file that needs nothing else: no network, no other file.
func writeHTML(w io.Writer, r *Report, _ Style) error { return WriteHTML(w, r, nil) }

// Foreword is what others put before a report's own sections.
type Foreword struct {
	// Title stands in the place of the scenario's name, Lead in that of its story.
	Title, Lead string
	// Banner stands on top, and on every page that is printed.
	Banner   string
	Sections []Section
	// Cites are the events that it names: their lines of the log have the IDs "e1", "e2"...
	Cites []int
}

// Section is a part of a foreword.
type Section struct {
	ID, Title string // the ID has no other element of the page: it begins with "fore-"
	Body      template.HTML
}

// WriteHTML writes the page of a report, after a foreword if there is one.
func WriteHTML(w io.Writer, r *Report, f *Foreword) error {
	s := newSheet(r, f)
	s.Standalone = true
	s.place()
	if err := pages.ExecuteTemplate(w, "page", s); err != nil {
		return fmt.Errorf("write html report: %w", err)
	}
	return nil
}

// WriteSections writes a foreword as a page of its own, with no report behind it.
func WriteSections(w io.Writer, f *Foreword) error {
	if err := pages.ExecuteTemplate(w, "sections", standalone{f}); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// Asset is the style sheet ("page.css") or the script ("page.js") of the pages.
func Asset(name string) ([]byte, error) {
	text, err := pageFiles.ReadFile("page/" + name)
	if name == "page.css" {
		text = append([]byte(topology.FigureStyles()), text...)
	}
	return text, err
}

// Style and script as they stand in a standalone page, and the policy that lets a browser run just these.
type inlined struct {
	CSS    template.CSS
	JS     template.JS
	Policy string
}

// standalone pages have style and script inside.
type standalone struct {
	Fore *Foreword // nil: the report speaks for itself
}

// Inline puts style and script into the page. The policy names them by their hashes (CSP level 2, section 4.2.5), so
// that nothing which a log says can become a script, and forbids the page every connection.
func (s standalone) Inline() (inlined, error) {
	css, err := Asset("page.css")
	if err != nil {
		return inlined{}, err
	}
	if s.Fore != nil && s.Fore.Banner != "" {
		css = append(css, "\n@page { @top-center { content: "+strconv.Quote(s.Fore.Banner)+"; font: 700 9pt sans-serif; } }\n"...)
	}
	js, err := Asset("page.js")
	if err != nil {
		return inlined{}, err
	}
	policy := fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(css), hash(js))
	return inlined{template.CSS(css), template.JS(js), policy}, nil // both are ours, embedded
}

// Policy is what a server must let the page with this foreword do: its own style and script, and nothing else.
func Policy(f *Foreword) (string, error) {
	in, err := standalone{f}.Inline()
	return in.Policy, err
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Part renders a part of the page in an element of its own, which a live page replaces when it changes.
func (s *sheet) Part(name, id string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return "", err
	}
	text := b.String()
	if s.parts != nil {
		s.parts[id] = text
	}
	return template.HTML(`<div class="part" id="` + template.HTMLEscapeString(id) + `">` + text + `</div>`), nil
}
