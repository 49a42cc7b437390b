package topology

import (
	"fmt"
	"strings"
)

// Figure is a drawing of a plant to stand in a page. It has neither title nor styles: the page has FigureStyles, and may
// mark parts by their elements' ids.
type Figure struct {
	SVG string
	// Nodes and Links are the ids of elements, by the ids of what they show. Nodes that are folded into one box share
	// an element, and so do their links.
	Nodes, Links map[string]string
}

// NewFigure draws a plant for a page.
func NewFigure(p *Plant) Figure {
	s := newSketch(p)
	s.layout()
	w, h := s.size()
	legend, legendHeight := s.legend(h)
	f := Figure{Nodes: map[string]string{}, Links: map[string]string{}}
	for n, b := range s.of {
		f.Nodes[n.ID] = b.elementID()
	}
	for i, id := range s.wireIDs() {
		for _, l := range s.wires[i].links {
			f.Links[l.ID] = id
		}
	}
	var b strings.Builder
	s.open(&b, titleSpace, max(w, minWidth), h+legendHeight)
	s.draw(&b)
	f.SVG = b.String() + legend + "</svg>\n"
	return f
}

// FigureStyles are the styles that drawings need, in CSS.
func FigureStyles() string {
	return fmt.Sprintf("%s%s  @media (prefers-color-scheme: dark) {%s%s  }\n", styles, hueStyles(0, "  "), darkStyles, hueStyles(1, "    "))
}
