package topology

import (
	"fmt"
	"strings"
)

// dot is the plant for Graphviz.
func (s *sketch) dot() string {
	var b strings.Builder
	fmt.Fprintf(&b, "graph %q {\n  rankdir=TB; splines=line; nodesep=0.4; ranksep=1.2;\n", s.plant.Name)
	b.WriteString("  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n")
	for _, row := range s.rows {
		b.WriteString("  { rank=same;\n")
		for _, x := range row {
			fmt.Fprintf(&b, "    %q [label=%q, shape=%s];\n", x.id, x.label+"\n"+x.sub, dotShapes[x.kind])
		}
		b.WriteString("  }\n")
	}
	for _, w := range s.wires {
		label := s.says(w)
		fmt.Fprintf(&b, "  %q -- %q [label=%q, tooltip=%q];\n", w.a.box.id, w.b.box.id, label, w.tells())
	}
	return b.String() + "}\n"
}

var dotShapes = map[NodeKind]string{Switch: "box", Router: "octagon", Host: "box", Storage: "cylinder", External: "ellipse"}

// mermaid is the plant as a flow chart for wikis.
func (s *sketch) mermaid() string {
	var b strings.Builder
	b.WriteString("graph TB\n")
	for _, row := range s.rows {
		for _, x := range row {
			shape := mermaidShapes[x.kind]
			fmt.Fprintf(&b, "  %s%s\"%s<br/>%s\"%s\n", xmlID(x.id), shape[0], x.label, x.sub, shape[1])
		}
	}
	for _, w := range s.wires {
		label := s.says(w)
		if label != "" {
			label = "|" + label + "|"
		}
		fmt.Fprintf(&b, "  %s ---%s %s\n", xmlID(w.a.box.id), label, xmlID(w.b.box.id))
	}
	return b.String()
}

var mermaidShapes = map[NodeKind][2]string{Switch: {"[", "]"}, Router: {"{{", "}}"}, Host: {"(", ")"}, Storage: {"[(", ")]"}, External: {"((", "))"}}

// tells is everything about a wire, for a tool tip.
func (w *wire) tells() string {
	l := w.links[0]
	s := fmt.Sprintf("%s - %s, %s", l.A, l.B, l.Speed)
	if w.label != "" {
		s = w.label + ": " + s
	}
	if l.A.Optic != nil {
		s += ", " + l.A.Optic.Model
	}
	s += ", " + l.carriage()
	if l.Conduit != "" {
		s += ", conduit " + l.Conduit
	}
	if len(w.links) > 1 {
		s += fmt.Sprintf(", and %d more alike", len(w.links)-1)
	}
	return s
}

// xmlID is a name that may be an id everywhere: letters, digits, dash, dot and underscore.
func xmlID(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, s)
}
