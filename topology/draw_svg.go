package topology

import (
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
)

// hues are the colours of networks, in light and in dark (after Okabe and Ito, told apart by colour-blind readers too).
var hues = [][2]string{
	{"#0072b2", "#58b4e8"}, {"#d55e00", "#ff8a3d"}, {"#009e73", "#2fd0a2"}, {"#b3468a", "#e58bc3"},
	{"#b58900", "#f0c94a"}, {"#6a51a3", "#ab94e0"}, {"#8c564b", "#c99a8e"}, {"#2a9d9d", "#6fd6d6"},
}

// styles of a drawing. A page's own colours win where it knows the classes.
const styles = `
  .dcdrill { font: 13px system-ui, sans-serif; }
  .dcdrill .paper { fill: #fff; }
  .dcdrill text { fill: #1f2328; }
  .dcdrill .title { font-size: 17px; font-weight: 600; }
  .dcdrill .name { font-weight: 600; text-anchor: middle; }
  .dcdrill .sub, .dcdrill .quiet { font-size: 11px; fill: #59636e; }
  .dcdrill .sub { text-anchor: middle; }
  .dcdrill .tag { font-size: 11px; text-anchor: middle; stroke: #fff; stroke-width: 4px; paint-order: stroke; stroke-linejoin: round; }
  .dcdrill .left { text-anchor: start; }
  .dcdrill .box { stroke: #59636e; stroke-width: 1.4; fill: #f6f8fa; }
  .dcdrill .switch .box { fill: #ddf0ff; stroke: #0969da; }
  .dcdrill .router .box { fill: #dcf5e3; stroke: #1a7f37; }
  .dcdrill .storage .box { fill: #fdf0d0; stroke: #9a6700; }
  .dcdrill .external .box { fill: #f0eafc; stroke: #8250df; }
  .dcdrill .group { fill: none; stroke: #59636e; stroke-width: 1.2; stroke-dasharray: 5 4; }
  .dcdrill .bond { fill: none; stroke: #1f2328; stroke-width: 1.3; }
  .dcdrill .strand { fill: none; stroke-linecap: round; }
  .dcdrill .transit, .dcdrill .several { stroke: #7d8590; }
`

const darkStyles = `
    .dcdrill .paper { fill: #0d1117; }
    .dcdrill text { fill: #e6edf3; }
    .dcdrill .sub, .dcdrill .quiet { fill: #9198a1; }
    .dcdrill .tag { stroke: #0d1117; }
    .dcdrill .box { stroke: #9198a1; fill: #1c2128; }
    .dcdrill .switch .box { fill: #0c2d4d; stroke: #4493f8; }
    .dcdrill .router .box { fill: #10331c; stroke: #3fb950; }
    .dcdrill .storage .box { fill: #3a2c08; stroke: #d29922; }
    .dcdrill .external .box { fill: #2a1f47; stroke: #ab7df8; }
    .dcdrill .group { stroke: #9198a1; }
    .dcdrill .bond { stroke: #e6edf3; }
    .dcdrill .transit, .dcdrill .several { stroke: #8b949e; }
`

// svg is the plant as a picture that needs nothing else.
func (s *sketch) svg() string {
	s.layout()
	w, h := s.size()
	legend, legendHeight := s.legend(h)
	w, h = max(w, minWidth), h+legendHeight
	var b strings.Builder
	s.open(&b, 0, w, h)
	fmt.Fprintf(&b, "<style>%s</style>\n", FigureStyles())
	fmt.Fprintf(&b, `<rect class="paper" width="%.0f" height="%.0f"/>`+"\n", w, h)
	fmt.Fprintf(&b, `<text class="title" x="%.0f" y="%.0f">%s</text>`+"\n", margin, margin, esc(s.heading()))
	s.draw(&b)
	return b.String() + legend + "</svg>\n"
}

// open begins a picture of what lies below top.
func (s *sketch) open(b *strings.Builder, top, w, h float64) {
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" class="dcdrill" viewBox="0 %.0f %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s">`+"\n", top, w, h-top, w, h-top, esc(s.heading()))
}

// draw draws all that is in the plant.
func (s *sketch) draw(b *strings.Builder) {
	for i, id := range s.wireIDs() {
		s.drawWire(b, s.wires[i], id)
	}
	s.drawBonds(b)
	s.drawGroups(b)
	s.drawSpeeds(b)
	for _, x := range s.boxes {
		x.draw(b)
	}
	for _, x := range s.wires {
		s.drawTag(b, x)
	}
}

// wireIDs are the ids of the wires' elements; of wires with one name each has its own.
func (s *sketch) wireIDs() []string {
	used, all := map[string]int{}, make([]string, len(s.wires))
	for i, w := range s.wires {
		id := "link-" + xmlID(w.id)
		if used[id]++; used[id] > 1 {
			id = fmt.Sprintf("%s--%d", id, used[id])
		}
		all[i] = id
	}
	return all
}

// minWidth leaves room for the legend of small plants.
const minWidth = 460

func (s *sketch) heading() string {
	name := s.plant.Name
	if name == "" {
		name = "plant"
	}
	return fmt.Sprintf("%s: %d nodes, %d links", name, len(s.plant.Nodes), len(s.plant.Links))
}

func hueStyles(dark int, pad string) string {
	var b strings.Builder
	for i, hue := range hues {
		fmt.Fprintf(&b, "%s.dcdrill .net%d { stroke: %s; }\n", pad, i, hue[dark])
	}
	return b.String()
}

// hueOf is the class of a network's colour.
func (s *sketch) hueOf(n *Network) string {
	if n.Transit {
		return "transit"
	}
	return fmt.Sprintf("net%d", n.Index%len(hues))
}

// mostStrands is how many networks a wire shows side by side; beyond it one grey line stands for all.
const mostStrands = 4

// strands are the classes of a wire's lines.
func (s *sketch) strands(w *wire) []string {
	var list []string
	for _, l := range w.links {
		if !slices.Equal(l.Networks, w.links[0].Networks) {
			return []string{"several"}
		}
	}
	for _, n := range w.links[0].Networks {
		if class := s.hueOf(n); !slices.Contains(list, class) {
			list = append(list, class)
		}
	}
	if len(list) > mostStrands {
		return []string{"several"}
	}
	return list
}

// thickness of a line by speed: a step for each factor of ten.
func thickness(speed Bitrate) float64 {
	return max(1.2, min(3.6, 1.4+0.8*math.Log10(max(1, float64(speed)/float64(Gbps)))))
}

func (s *sketch) drawWire(b *strings.Builder, w *wire, id string) {
	fmt.Fprintf(b, `<g id="%s"><title>%s</title>`, id, esc(w.tells()))
	classes, width := s.strands(w), thickness(w.links[0].Speed)
	dx, dy := w.b.x-w.a.x, w.b.y-w.a.y
	length := max(1, math.Hypot(dx, dy))
	for i, class := range classes {
		off := (float64(i) - float64(len(classes)-1)/2) * (width + 0.8)
		ox, oy := -dy/length*off, dx/length*off
		fmt.Fprintf(b, `<path class="strand %s" stroke-width="%.1f" d="%s"/>`, class, width, s.path(w, ox, oy))
	}
	b.WriteString("</g>\n")
}

// path is straight, or sags below the row when both ends are in it and others stand between.
func (s *sketch) path(w *wire, ox, oy float64) string {
	a, z := w.a, w.b
	if a.box.row != z.box.row || s.sideBySide([]*box{a.box, z.box}) {
		return fmt.Sprintf("M%.1f %.1fL%.1f %.1f", a.x+ox, a.y+oy, z.x+ox, z.y+oy)
	}
	return fmt.Sprintf("M%.1f %.1fQ%.1f %.1f %.1f %.1f", a.x+ox, a.y+oy, (a.x+z.x)/2+ox, a.y+boxHeight*1.6+oy, z.x+ox, z.y+oy)
}

// drawTag writes a wire's label at its middle, or nearer to the end where fewer wires meet.
func (s *sketch) drawTag(b *strings.Builder, w *wire) {
	label := s.says(w)
	if label == "" {
		return
	}
	at := 0.5
	if ups, downs := len(w.a.box.plugs), len(w.b.box.plugs); ups > downs {
		at = 0.62
	} else if downs > ups {
		at = 0.38
	}
	x, y := w.a.x+(w.b.x-w.a.x)*at, w.a.y+(w.b.y-w.a.y)*at+4
	if w.a.box.row == w.b.box.row {
		x, y = (w.a.x+w.b.x)/2, w.a.y-8
	}
	fmt.Fprintf(b, `<text class="tag" x="%.0f" y="%.0f">%s</text>`+"\n", x, y, esc(label))
}

// draw draws a node: a rectangle, a cylinder for storage, a cloud-like round one for what is outside; a pile for many.
func (x *box) draw(b *strings.Builder) {
	fmt.Fprintf(b, `<g id="%s" class="%s"><title>%s</title>`, x.elementID(), x.kind, esc(x.tells()))
	left, top := x.x-x.w/2, x.y-x.h/2
	round := map[NodeKind]float64{Switch: 4, Router: 14, Host: 6, External: x.h / 2}[x.kind]
	if len(x.nodes) > 1 {
		for _, off := range []float64{6, 3} {
			fmt.Fprintf(b, `<rect class="box" x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="%.0f"/>`, left+off, top+off, x.w, x.h, round)
		}
	}
	if x.kind == Storage {
		const bulge = 6
		fmt.Fprintf(b, `<path class="box" d="M%[1]g %[2]gv%[4]gc0 %[5]d %[3]g %[5]d %[3]g 0v-%[4]gc0 %[5]d -%[3]g %[5]d -%[3]g 0c0 -%[5]d %[3]g -%[5]d %[3]g 0"/>`, left, top, x.w, x.h, bulge)
	} else {
		fmt.Fprintf(b, `<rect class="box" x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="%.0f"/>`, left, top, x.w, x.h, round)
	}
	fmt.Fprintf(b, `<text class="name" x="%.0f" y="%.0f">%s</text><text class="sub" x="%.0f" y="%.0f">%s</text></g>`+"\n", x.x, x.y, esc(x.label), x.x, x.y+15, esc(x.sub))
}

func (x *box) elementID() string { return "node-" + xmlID(x.id) }

// tells is everything about a node, for a tool tip.
func (x *box) tells() string {
	n := x.nodes[0]
	s := x.label + ": " + string(n.Kind)
	if n.Model != "" {
		s += " " + n.Model
	}
	if len(n.Feeds) > 0 {
		s += ", feeds " + strings.Join(n.Feeds, ", ")
	}
	if n.Boot.Total() > 0 {
		s += ", boots in " + strings.TrimSuffix(n.Boot.Total().String(), "0s")
	}
	for _, i := range n.Interfaces {
		s += fmt.Sprintf("\n%s %s", i.Network.ID, i.Addr.Addr())
	}
	return s
}

// drawBonds draws a ring round the members of each bond, as engineers do.
func (s *sketch) drawBonds(b *strings.Builder) {
	for _, x := range s.boxes {
		rings := map[string][]*plug{}
		var names []string
		for _, p := range x.plugs {
			if p.bond == "" {
				continue
			}
			if rings[p.bond] == nil {
				names = append(names, p.bond)
			}
			rings[p.bond] = append(rings[p.bond], p)
		}
		for _, name := range names {
			x.drawBond(b, name, rings[name])
		}
	}
}

func (x *box) drawBond(b *strings.Builder, name string, members []*plug) {
	const away = 12.0 // from the edge of the box, along the wires
	low, high, y := math.Inf(1), math.Inf(-1), 0.0
	for _, p := range members {
		other := p.other()
		length := math.Abs(other.y - p.y)
		if length < away {
			return // beside one another: the label of the wires must do
		}
		at := p.x + (other.x-p.x)*away/length
		low, high, y = min(low, at), max(high, at), p.y+math.Copysign(away, other.y-p.y)
	}
	fmt.Fprintf(b, `<ellipse class="bond" cx="%.1f" cy="%.1f" rx="%.1f" ry="4.5"><title>bond %s</title></ellipse>`+"\n", (low+high)/2, y, (high-low)/2+6, esc(name))
}

// drawGroups frames the nodes of redundant groups that stand side by side.
func (s *sketch) drawGroups(b *strings.Builder) {
	found := s.redundantBoxes()
	for _, g := range s.plant.Groups {
		boxes := found[g]
		if boxes == nil {
			continue
		}
		const pad = 11
		first, last := boxes[0], boxes[len(boxes)-1]
		left, top := first.x-first.w/2-pad, first.y-first.h/2-pad
		fmt.Fprintf(b, `<g id="group-%s"><rect class="group" x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="10"/>`, xmlID(g.ID), left, top, last.x+last.w/2+pad-left, first.h+2*pad)
		fmt.Fprintf(b, `<text class="tag left" x="%.0f" y="%.0f">%s: one is enough</text></g>`+"\n", left+6, top-4, esc(g.ID))
	}
}

// mostLegend is how many networks the legend names.
const mostLegend = 8

// legend explains colours and signs, below the drawing; it returns its height too.
func (s *sketch) legend(top float64) (string, float64) {
	var b strings.Builder
	const line = 18.0
	x, y := margin, top+line/2
	entry := func(sign, text string) {
		fmt.Fprintf(&b, sign, x, y)
		fmt.Fprintf(&b, `<text class="quiet" x="%.0f" y="%.0f">%s</text>`+"\n", x+30, y+4, esc(text))
		y += line
	}
	swatch := func(class string) string {
		return `<path class="strand ` + class + `" stroke-width="3" d="M%.0f %.0fh22"/>`
	}
	seen := s.classes()
	shown, hidden := 0, 0
	for _, n := range s.plant.Networks {
		switch {
		case n.Transit:
		case shown == mostLegend || !seen[s.hueOf(n)]:
			hidden++
		default:
			shown++
			entry(swatch(s.hueOf(n)), n.ID+"  "+n.Subnet.String()+n.tag())
		}
	}
	if hidden > 0 {
		entry(`<text class="quiet" x="%.0f" y="%.0f">…</text>`, fmt.Sprintf("and %d more networks", hidden))
	}
	if seen["transit"] {
		entry(swatch("transit"), "between routers")
	}
	if seen["several"] {
		entry(swatch("several"), "several networks")
	}
	if slices.ContainsFunc(s.wires, func(w *wire) bool { return w.a.bond+w.b.bond != "" }) {
		entry(`<ellipse class="bond" cx="%.0f" cy="%.0f" rx="9" ry="4" transform="translate(11)"/>`, "bond")
	}
	return b.String(), y - top + margin/2
}

// classes are the colours in use.
func (s *sketch) classes() map[string]bool {
	seen := map[string]bool{}
	for _, w := range s.wires {
		for _, class := range s.strands(w) {
			seen[class] = true
		}
	}
	return seen
}

// drawSpeeds says at the side what speed the wires between two rows have, if not labelled otherwise.
func (s *sketch) drawSpeeds(b *strings.Builder) {
	for i := range s.rows[1:] {
		speed, ok := s.speed[[2]int{i, i + 1}]
		if !ok {
			continue
		}
		y := (s.rows[i][0].y + s.rows[i+1][0].y) / 2
		fmt.Fprintf(b, `<text class="quiet" x="%.0f" y="%.0f">%s</text>`+"\n", margin/2, y+4, speed)
	}
}

func esc(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
