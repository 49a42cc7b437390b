package topology

import (
	"fmt"
	"io"
	"strings"
)

// Formats lists what Draw can write.
func Formats() []string { return []string{"svg", "dot", "mermaid"} }

// Draw writes a picture of the plant: external nodes on top, then routers, switches, hosts and storage. Large families
// of nodes are one box. SVG needs nothing else to be shown and has the ids node-core1 and link-peer-link; dot is for
// Graphviz, mermaid for wikis.
func Draw(w io.Writer, p *Plant, format string) error {
	s := newSketch(p)
	var text string
	switch format {
	case "svg":
		text = s.svg()
	case "dot":
		text = s.dot()
	case "mermaid":
		text = s.mermaid()
	default:
		return fmt.Errorf("draw %s: no format %q, there are %s", p.Name, format, strings.Join(Formats(), ", "))
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("draw %s: %w", p.Name, err)
	}
	return nil
}

// says is what a wire's label tells: its name, how many it stands for, and its speed where that is not the common one of
// its row.
func (s *sketch) says(w *wire) string {
	var parts []string
	if w.label != "" {
		parts = append(parts, w.label)
	}
	if len(w.links) > 1 {
		parts = append(parts, fmt.Sprintf("×%d", len(w.links)))
	}
	if w.links[0].Speed != s.speed[w.rows()] {
		parts = append(parts, w.links[0].Speed.String())
	}
	return strings.Join(parts, " ")
}
