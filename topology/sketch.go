package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// sketch is what a drawing shows, whatever its format: nodes alike folded into one box, their links into one wire.
type sketch struct {
	plant *Plant
	boxes []*box
	wires []*wire
	rows  [][]*box
	of    map[*Node]*box
	speed map[[2]int]Bitrate // the commonest between two rows, which is said once
}

// box is a node, or several that are wired alike.
type box struct {
	id, label, sub string
	kind           NodeKind
	nodes          []*Node
	row            int
	plugs          []*plug

	x, y, w, h float64 // centre and size
}

// wire is a link, or those of folded nodes.
type wire struct {
	id    string
	label string
	links []*Link
	a, b  *plug // a is in the upper row, or to the left
}

// plug is the end of a wire at a box.
type plug struct {
	wire *wire
	box  *box
	bond string
	x, y float64
}

// Families larger than these are folded into one box: switches later than hosts, since how they are wired matters more.
const (
	mostHosts    = 4
	mostSwitches = 8
)

func newSketch(p *Plant) *sketch {
	s := &sketch{plant: p, of: map[*Node]*box{}}
	for _, n := range p.Nodes {
		if s.of[n] == nil {
			s.box(s.folded(n))
		}
	}
	s.foldLikes()
	s.connect()
	s.rank()
	s.speeds()
	return s
}

// folded lists the nodes that share a box with n.
func (s *sketch) folded(n *Node) []*Node {
	family := s.plant.Family(n.Family)
	most := mostHosts
	if n.forwards() {
		most = mostSwitches
	}
	if len(family) > most {
		return family
	}
	return []*Node{n}
}

func (s *sketch) box(nodes []*Node) {
	first := nodes[0]
	b := &box{id: first.ID, label: first.ID, sub: first.Model, kind: first.Kind, nodes: nodes}
	if b.sub == "" {
		b.sub = string(first.Kind)
	}
	if len(nodes) > 1 {
		b.id = first.Family
		b.label = fmt.Sprintf("%s..%s (%d)", first.ID, nodes[len(nodes)-1].ID, len(nodes))
	}
	for _, n := range nodes {
		s.of[n] = b
	}
	s.boxes = append(s.boxes, b)
}

// foldLikes folds boxes of hosts that are wired to the same boxes, when there are many: the racks behind folded leaves.
func (s *sketch) foldLikes() {
	likes := map[string][]*box{}
	var order []string
	for _, b := range s.boxes {
		if b.kind != Host && b.kind != Storage {
			continue
		}
		key := s.wiring(b)
		if likes[key] == nil {
			order = append(order, key)
		}
		likes[key] = append(likes[key], b)
	}
	for _, key := range order {
		same := likes[key]
		if families(same) <= mostHosts {
			continue
		}
		var nodes []*Node
		for _, b := range same {
			nodes = append(nodes, b.nodes...)
		}
		s.boxes = slices.DeleteFunc(s.boxes, func(b *box) bool { return slices.Contains(same, b) })
		s.box(nodes)
	}
}

// families counts the families in boxes.
func families(boxes []*box) int {
	seen := map[string]bool{}
	for _, b := range boxes {
		seen[b.nodes[0].Family] = true
	}
	return len(seen)
}

// wiring says where a box is plugged in, to compare it with others.
func (s *sketch) wiring(b *box) string {
	var parts []string
	for _, p := range b.nodes[0].Ports {
		parts = append(parts, p.Name+">"+s.of[p.Peer().Node].id)
	}
	return string(b.kind) + strings.Join(parts, " ")
}

// connect makes the wires; links between the same boxes by the same port of a folded node are one.
func (s *sketch) connect() {
	seen := map[string]*wire{}
	for _, l := range s.plant.Links {
		a, z := s.of[l.A.Node], s.of[l.B.Node]
		key := fmt.Sprint("link ", l.Index)
		if len(a.nodes) > 1 || len(z.nodes) > 1 {
			key = a.id + " " + z.id + " " + s.portKey(l.A) + " " + s.portKey(l.B) + " " + l.Speed.String()
		}
		if w := seen[key]; w != nil {
			w.links = append(w.links, l)
			continue
		}
		w := &wire{id: s.wireID(l), links: []*Link{l}}
		if l.Named {
			w.label = l.ID
		}
		w.a, w.b = &plug{wire: w, box: a, bond: bondName(l.A)}, &plug{wire: w, box: z, bond: bondName(l.B)}
		a.plugs, z.plugs = append(a.plugs, w.a), append(z.plugs, w.b)
		seen[key] = w
		s.wires = append(s.wires, w)
	}
}

// portKey names a port where it tells wires apart: at hosts, whose ports have their own names.
func (s *sketch) portKey(p *Port) string {
	if p.Node.forwards() {
		return bondName(p)
	}
	return p.Name
}

func (s *sketch) wireID(l *Link) string {
	for _, p := range l.Ends() {
		if b := s.of[p.Node]; len(b.nodes) > 1 && !l.Named {
			return b.id + ":" + p.Name
		}
	}
	return l.ID
}

func bondName(p *Port) string {
	if p.Bond == nil {
		return ""
	}
	return p.Bond.Name
}

// rank gives every box its row: external nodes, routers, switches the farther from hosts the higher, hosts and storage.
func (s *sketch) rank() {
	height := s.heights()
	top := 0
	for _, b := range s.boxes {
		if b.kind == Switch {
			top = max(top, height[b])
		}
	}
	const external, router, firstSwitch = 0, 1, 2
	rows := make([][]*box, firstSwitch+top+1)
	for _, b := range s.boxes {
		switch b.kind {
		case External:
			b.row = external
		case Router:
			b.row = router
		case Switch:
			b.row = firstSwitch + top - height[b]
		default:
			b.row = firstSwitch + top
		}
		rows[b.row] = append(rows[b.row], b)
	}
	for _, row := range rows {
		if len(row) > 0 {
			s.rows = append(s.rows, row)
		}
	}
	for i, row := range s.rows {
		for _, b := range row {
			b.row = i
		}
	}
	for _, w := range s.wires {
		if w.a.box.row > w.b.box.row {
			w.a, w.b = w.b, w.a
		}
	}
}

// heights is how many links every switch is away from the nearest host or storage.
func (s *sketch) heights() map[*box]int {
	height := map[*box]int{}
	var queue []*box
	for _, b := range s.boxes {
		if b.kind == Host || b.kind == Storage {
			queue = append(queue, b)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, p := range queue[0].plugs {
			next := p.other().box
			if next.kind == Switch && height[next] == 0 {
				height[next] = height[queue[0]] + 1
				queue = append(queue, next)
			}
		}
	}
	return height
}

// other is the plug at the far end.
func (p *plug) other() *plug {
	if p.wire.a == p {
		return p.wire.b
	}
	return p.wire.a
}

// speeds finds the commonest speed of the wires between each two neighbouring rows.
func (s *sketch) speeds() {
	s.speed = map[[2]int]Bitrate{}
	count := map[[2]int]map[Bitrate]int{}
	for _, w := range s.wires {
		rows := w.rows()
		if rows[1] != rows[0]+1 {
			continue
		}
		if count[rows] == nil {
			count[rows] = map[Bitrate]int{}
		}
		count[rows][w.links[0].Speed]++
	}
	for rows, speeds := range count {
		for speed, n := range speeds {
			best := s.speed[rows]
			if c := cmp.Compare(n, speeds[best]); c > 0 || c == 0 && speed > best {
				s.speed[rows] = speed
			}
		}
	}
}

// rows are those of its ends, the upper first.
func (w *wire) rows() [2]int { return [2]int{w.a.box.row, w.b.box.row} }

// redundantBoxes lists the groups whose nodes have boxes side by side, left to right.
func (s *sketch) redundantBoxes() map[*Group][]*box {
	found := map[*Group][]*box{}
	for _, g := range s.plant.Groups {
		var boxes []*box
		for _, n := range g.Nodes {
			if b := s.of[n]; !slices.Contains(boxes, b) {
				boxes = append(boxes, b)
			}
		}
		if g.Redundant && len(boxes) > 1 && s.sideBySide(boxes) {
			found[g] = boxes
		}
	}
	return found
}

func (s *sketch) sideBySide(boxes []*box) bool {
	row := s.rows[boxes[0].row]
	slices.SortFunc(boxes, func(a, b *box) int { return slices.Index(row, a) - slices.Index(row, b) })
	first := slices.Index(row, boxes[0])
	return first >= 0 && first+len(boxes) <= len(row) && slices.Equal(row[first:first+len(boxes)], boxes)
}
