package report

import (
	"fmt"
	"io"
)

// Live is the page of a run that goes on.
type Live struct {
	*Report
	// Over: the run has ended, and nothing will be added.
	Over bool
	// Drawing is the number of the drawing that the page is made with: its script asks for what is newer.
	Drawing int
}

// Page writes the whole page. Style and script (Asset) are files beside it, "page.css" and "page.js"; what is newer comes
// from "events", in parts that are those of Parts.
func (l Live) Page(w io.Writer) error {
	if err := pages.ExecuteTemplate(w, "page", l.sheet()); err != nil {
		return fmt.Errorf("write live page: %w", err)
	}
	return nil
}

// Parts renders the parts of the page that grow, by the ids of the elements that hold them.
func (l Live) Parts() (map[string]string, error) {
	s := l.sheet()
	s.parts = map[string]string{}
	if err := pages.ExecuteTemplate(io.Discard, "page", s); err != nil {
		return nil, fmt.Errorf("render the live page: %w", err)
	}
	return s.parts, nil
}

func (l Live) sheet() *sheet {
	s := newSheet(l.Report, nil)
	s.Drawing, s.Going = l.Drawing, !l.Over
	return s
}
