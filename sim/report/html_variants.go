package report

import (
	"fmt"
	"html/template"
	"io"

	"github.com/dcdrill/dcdrill/sim"
)

// variantsSheet is the table of variants laid out as a page.
type variantsSheet struct {
	standalone
	Title    string
	Services []string
	Same     []string
	Rows     []variantRow
	Doubts   []string
}

// variantRow is a variant.
type variantRow struct {
	Name          string
	Cells         []variantCell
	Saved, People string
	Parts, Lost   int
}

// variantCell is how long one service was gone, as a figure and as a bar on the page's one scale.
type variantCell struct {
	Text    string
	Forever bool
	w       float64
}

// Width is that of the bar.
func (c variantCell) Width() template.HTMLAttr {
	return template.HTMLAttr(fmt.Sprintf(`width="%.2f%%"`, c.w))
}

// WriteRowsHTML writes variants side by side as a page that needs nothing else, the scenario as it is on top.
func WriteRowsHTML(w io.Writer, title string, rows []Row) error {
	s := variantsSheet{Title: title}
	s.Services, s.Same = columns(rows)
	longest := sim.Seconds(1)
	for _, r := range rows {
		longest = max(longest, r.last)
	}
	for _, r := range rows {
		row := variantRow{Name: orWord(r.Variant, "as it was"), Saved: saved(r.Saved), People: minutes(r.People), Parts: r.Parts, Lost: r.Lost}
		for _, id := range s.Services {
			text := r.outage(id)
			row.Cells = append(row.Cells, variantCell{text, text == "for good", 100 * float64(r.Outages[id]) / float64(longest)})
		}
		s.Rows = append(s.Rows, row)
		for _, d := range r.Doubts {
			s.Doubts = append(s.Doubts, row.Name+": "+d)
		}
	}
	if err := pages.ExecuteTemplate(w, "variants", s); err != nil {
		return fmt.Errorf("write variants: %w", err)
	}
	return nil
}
