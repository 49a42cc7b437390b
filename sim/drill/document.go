package drill

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/dcdrill/dcdrill/sim/report"
)

// document is a text with tables that can be written in Markdown and as a page.
type document struct {
	title, lead string
	sections    []*section
}

// section is a part of a document.
type section struct {
	ID, Title string
	Blocks    []block
}

// block is a paragraph, a list or a table, by which of its fields is set; or the heading of what follows.
type block struct {
	Heading string
	Text    string
	List    []cell
	Table   *grid
}

// grid is a table.
type grid struct {
	Head []string
	Rows [][]cell
}

// cell is some text, with the events that it rests on.
type cell struct {
	Text  string
	Code  bool // it is typed as it stands
	Cites []int
}

// text is a cell that rests on events.
func text(cites []int, format string, args ...any) cell {
	return cell{Text: fmt.Sprintf(format, args...), Cites: cites}
}

func (d *document) section(id, title string) *section {
	s := &section{ID: "fore-" + id, Title: title}
	d.sections = append(d.sections, s)
	return s
}

func (s *section) heading(title string) { s.Blocks = append(s.Blocks, block{Heading: title}) }

func (s *section) say(format string, args ...any) {
	s.Blocks = append(s.Blocks, block{Text: fmt.Sprintf(format, args...)})
}

// list lists what there is; otherwise is said when there is nothing.
func (s *section) list(otherwise string, cells ...cell) {
	if len(cells) == 0 {
		s.say("%s", otherwise)
		return
	}
	s.Blocks = append(s.Blocks, block{List: cells})
}

// table begins a table.
func (s *section) table(head ...string) *grid {
	g := &grid{Head: head}
	s.Blocks = append(s.Blocks, block{Table: g})
	return g
}

// logColumn is the head of a column that has nothing but events.
const logColumn = "log"

func (g *grid) row(cells ...cell) { g.Rows = append(g.Rows, cells) }

// plain makes cells that rest on nothing in particular.
func plain(texts ...string) []cell {
	var all []cell
	for _, t := range texts {
		all = append(all, cell{Text: t})
	}
	return all
}

// markdown writes the document in Markdown.
func (d *document) markdown() string {
	p := &paper{}
	p.line("# %s\n", d.title)
	p.line("**%s**\n", Banner)
	p.line("%s\n", d.lead)
	for _, s := range d.sections {
		p.line("## %s\n", s.Title)
		for _, b := range s.Blocks {
			b.markdown(p)
		}
	}
	return p.String()
}

func (b block) markdown(p *paper) {
	switch {
	case b.Heading != "":
		p.line("### %s\n", b.Heading)
	case b.Table != nil:
		b.Table.markdown(p)
	case b.List != nil:
		for _, c := range b.List {
			p.line("- %s", c.markdown())
		}
		p.line("")
	default:
		p.line("%s\n", b.Text)
	}
}

// markdown leaves out the column that has nothing but events: there is no log in the file to look them up in.
func (g *grid) markdown(p *paper) {
	shown := func(i int) bool { return g.Head[i] != logColumn }
	write := func(write func(...string), cell func(i int) string) {
		var texts []string
		for i := range g.Head {
			if shown(i) {
				texts = append(texts, cell(i))
			}
		}
		write(texts...)
	}
	write(p.head, func(i int) string { return g.Head[i] })
	for _, r := range g.Rows {
		write(p.row, func(i int) string { return r[i].markdown() })
	}
	p.line("")
}

func (c cell) markdown() string {
	if c.Code && c.Text != "" {
		return "`" + c.Text + "`"
	}
	return c.Text
}

//go:embed document.html.tmpl
var documentTemplate string

var documents = template.Must(template.New("document").Parse(documentTemplate))

// foreword is the document as it stands before a report.
func (d *document) foreword() (*report.Foreword, error) {
	f := &report.Foreword{Title: d.title, Lead: d.lead, Banner: Banner}
	for _, s := range d.sections {
		var b bytes.Buffer
		if err := documents.Execute(&b, s); err != nil {
			return nil, err
		}
		f.Sections = append(f.Sections, report.Section{ID: s.ID, Title: s.Title, Body: template.HTML(b.String())}) // escaped by the template
		f.Cites = append(f.Cites, s.cites()...)
	}
	return f, nil
}

// cites lists all events that the section rests on.
func (s *section) cites() (all []int) {
	for _, b := range s.Blocks {
		for _, c := range b.List {
			all = append(all, c.Cites...)
		}
		if b.Table == nil {
			continue
		}
		for _, r := range b.Table.Rows {
			for _, c := range r {
				all = append(all, c.Cites...)
			}
		}
	}
	return all
}

// orNothing is a text, or a dash where there is none.
func orNothing(s string) string {
	if strings.TrimSpace(s) == "" {
		return "-"
	}
	return s
}
