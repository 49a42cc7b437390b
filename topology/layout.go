package topology

import (
	"cmp"
	"math"
	"slices"
)

// Measures of a drawing, in pixels.
const (
	margin      = 44.0
	boxHeight   = 46.0
	gapAcross   = 36.0
	gapDown     = 120.0 // at least; wide drawings get more, lest their wires lie flat
	mostDown    = 280.0
	slope       = 1.0 / 13
	letter      = 7.8 // width of a letter of the label, 13 px bold
	smallLetter = 6.2 // of other labels, 11 px
	plugApart   = 15.0
	titleSpace  = 44.0
	sweeps      = 24 // orderings of plants in the tests did not change after 8
)

// layout places boxes and plugs.
func (s *sketch) layout() {
	for _, b := range s.boxes {
		below, above := 0, 0
		for _, p := range b.plugs {
			if p.other().box.row > b.row {
				below++
			} else {
				above++
			}
		}
		b.h = boxHeight
		b.w = math.Ceil(max(64, float64(len(b.label))*letter+24, float64(max(below, above))*plugApart+14))
	}
	s.order()
	s.place()
	s.plug()
}

// order sorts each row so that few wires cross: every box goes to where its neighbours are on average (Sugiyama), the
// members of a redundant group together.
func (s *sketch) order() {
	at := map[*box]float64{}
	number := func(row []*box) {
		for i, b := range row {
			at[b] = (float64(i) + 0.5) / float64(len(row))
		}
	}
	for _, row := range s.rows {
		number(row)
	}
	for sweep := range sweeps {
		for i := range s.rows {
			if sweep%2 == 1 {
				i = len(s.rows) - 1 - i
			}
			row := s.rows[i]
			want := map[*box]float64{}
			for _, b := range row {
				want[b] = b.pull(at, sweep)
			}
			group := s.gather(row, want)
			slices.SortStableFunc(row, func(a, b *box) int {
				return cmp.Or(cmp.Compare(want[a], want[b]), cmp.Compare(group[a], group[b]))
			})
			number(row)
		}
	}
}

// pull is the mean place of a box's neighbours: early on of those above and those below in turn, in the end of those
// below, so that a tree of switches stands over its hosts; of all where there are none of these, and its own place where
// there are none at all.
func (b *box) pull(at map[*box]float64, sweep int) float64 {
	below := sweep >= sweeps/2 || sweep%2 == 1
	var some, all []float64
	for _, p := range b.plugs {
		switch other := p.other().box; {
		case other.row == b.row:
		case other.row > b.row == below:
			some, all = append(some, at[other]), append(all, at[other])
		default:
			all = append(all, at[other])
		}
	}
	switch {
	case len(some) > 0:
		return average(some)
	case len(all) > 0:
		return average(all)
	}
	return at[b]
}

func average(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return mean(sum, len(list))
}

// gather moves the members of each redundant group in the row to their common mean, and says which group that is.
func (s *sketch) gather(row []*box, want map[*box]float64) map[*box]int {
	group := map[*box]int{}
	for i, g := range s.plant.Groups {
		var boxes []*box
		sum := 0.0
		for _, b := range row {
			if g.Redundant && slices.Contains(g.Nodes, b.nodes[0]) {
				boxes = append(boxes, b)
				sum += want[b]
			}
		}
		for _, b := range boxes {
			want[b], group[b] = mean(sum, len(boxes)), i+1
		}
	}
	return group
}

// place gives every box its coordinates: as near to its neighbours as its row allows.
func (s *sketch) place() {
	for _, row := range s.rows {
		x := 0.0
		for j, b := range row {
			if j > 0 {
				x += s.gap(row[j-1], b)
			}
			b.x = x + b.w/2
			x += b.w
		}
	}
	at := map[*box]float64{}
	for sweep := range sweeps {
		for i := range s.rows {
			if sweep%2 == 1 {
				i = len(s.rows) - 1 - i
			}
			for _, b := range s.boxes {
				at[b] = b.x
			}
			s.spread(s.rows[i], at, sweep)
		}
	}
	left := math.Inf(1)
	for _, b := range s.boxes {
		left = min(left, b.x-b.w/2)
	}
	width := 0.0
	for _, b := range s.boxes {
		b.x = math.Round(b.x - left + margin)
		width = max(width, b.x)
	}
	down := math.Round(max(gapDown, min(mostDown, width*slope)))
	for _, b := range s.boxes {
		b.y = titleSpace + margin + float64(b.row)*(boxHeight+down) + boxHeight/2
	}
}

// gap is the room between neighbours in a row: enough for the label of a wire between them.
func (s *sketch) gap(a, z *box) float64 {
	gap := gapAcross
	for _, p := range a.plugs {
		if p.other().box == z {
			gap = max(gap, float64(len(s.says(p.wire)))*smallLetter+2*smallLetter)
		}
	}
	return gap
}

// spread puts the boxes of a row as near as possible to where they are pulled, by the sum of squares, without overlap:
// boxes that would touch become one block at its mean (pool adjacent violators).
func (s *sketch) spread(row []*box, at map[*box]float64, sweep int) {
	type block struct {
		sum   float64
		boxes int
	}
	shift, blocks := make([]float64, len(row)), []block{}
	for i, b := range row {
		if i > 0 {
			shift[i] = shift[i-1] + (row[i-1].w+b.w)/2 + s.gap(row[i-1], b)
		}
		now := block{b.pull(at, sweep) - shift[i], 1}
		for len(blocks) > 0 && mean(blocks[len(blocks)-1].sum, blocks[len(blocks)-1].boxes) > mean(now.sum, now.boxes) {
			last := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			now = block{last.sum + now.sum, last.boxes + now.boxes}
		}
		blocks = append(blocks, now)
	}
	i := 0
	for _, bl := range blocks {
		for range bl.boxes {
			row[i].x = mean(bl.sum, bl.boxes) + shift[i]
			i++
		}
	}
}

func mean(sum float64, n int) float64 { return sum / float64(n) }

// plug spreads the ends of wires along the edges of their boxes, members of a bond side by side.
func (s *sketch) plug() {
	for _, b := range s.boxes {
		var above, below, left, right []*plug
		for _, p := range b.plugs {
			switch other := p.other().box; {
			case other.row < b.row:
				above = append(above, p)
			case other.row > b.row:
				below = append(below, p)
			case other.x < b.x:
				left = append(left, p)
			default:
				right = append(right, p)
			}
		}
		b.along(above, -1)
		b.along(below, 1)
		b.beside(left, -1)
		b.beside(right, 1)
	}
}

// along places plugs on the upper (-1) or lower (1) edge.
func (b *box) along(plugs []*plug, side float64) {
	towards := func(p *plug) float64 { return p.other().box.x }
	common := map[string][]float64{}
	for _, p := range plugs {
		common[p.bond] = append(common[p.bond], towards(p))
	}
	group := func(p *plug) float64 {
		if p.bond == "" {
			return towards(p)
		}
		return average(common[p.bond])
	}
	slices.SortStableFunc(plugs, func(p, q *plug) int {
		return cmp.Or(cmp.Compare(group(p), group(q)), cmp.Compare(p.bond, q.bond), cmp.Compare(towards(p), towards(q)))
	})
	apart := min(plugApart*1.6, (b.w-14)/float64(max(1, len(plugs))))
	for i, p := range plugs {
		p.x = math.Round(b.x + (float64(i)-float64(len(plugs)-1)/2)*apart)
		p.y = b.y + side*b.h/2
	}
}

// beside places plugs on the left (-1) or right (1) edge.
func (b *box) beside(plugs []*plug, side float64) {
	for i, p := range plugs {
		p.x = b.x + side*b.w/2
		p.y = math.Round(b.y + (float64(i)-float64(len(plugs)-1)/2)*10)
	}
}

// size is the width and height of everything placed.
func (s *sketch) size() (w, h float64) {
	for _, b := range s.boxes {
		w, h = max(w, b.x+b.w/2+margin), max(h, b.y+b.h/2+margin)
	}
	return w, h
}
