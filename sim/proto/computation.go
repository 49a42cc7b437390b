package proto

import (
	"encoding/binary"
	"slices"
)

// computation is the work of one Tables.Compute.
type computation struct {
	*Tables
	near    [][]int // by brain: the brains next to it
	up      [][]hop // by router: its hops over edges that are present
	latest  []Hops  // by router: the set made last, which most prefixes have
	owner   []*class
	changed []int // by router
	scratch Hops
}

func newComputation(t *Tables, edgeUp func(int) bool) *computation {
	c := &computation{
		Tables: t, near: make([][]int, t.brains), up: make([][]hop, len(t.rows)),
		latest: make([]Hops, len(t.rows)), owner: make([]*class, t.brains), changed: make([]int, len(t.rows)),
	}
	for r, hops := range t.hops {
		brain := t.brain(r)
		for _, h := range hops {
			if edgeUp(h.edge) {
				c.up[r] = append(c.up[r], h)
				c.near[brain] = append(c.near[brain], h.brain)
			}
		}
	}
	for b := range c.near {
		slices.Sort(c.near[b])
		c.near[b] = slices.Compact(c.near[b])
	}
	return c
}

func (t *Tables) brain(router int) int { return t.fabric.Routers[router].Brain }

// alike groups classes whose owners have the very same neighbours. One with several owners is a group of its own.
func (c *computation) alike(classes []*class) [][]*class {
	var groups [][]*class
	index := map[string]int{}
	var key []byte
	for _, cl := range classes {
		if len(cl.brains) != 1 {
			groups = append(groups, []*class{cl})
			continue
		}
		key = key[:0]
		for _, n := range c.near[cl.brains[0]] {
			key = binary.AppendUvarint(key, uint64(n))
		}
		at, known := index[string(key)]
		if !known {
			at = len(groups)
			index[string(key)] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], cl)
	}
	return groups
}

// group makes all routers' hops towards a group of classes.
func (c *computation) group(alike []*class) {
	dist := search(c.near, alike[0].brains)
	if len(alike) > 1 {
		for _, cl := range alike {
			c.owner[cl.brains[0]] = cl
		}
	}
	for r := range c.rows {
		switch brain := c.brain(r); {
		case len(alike) == 1 || c.owner[brain] == nil && dist[brain] != 1:
			c.far(r, alike, dist)
		case c.owner[brain] != nil:
			c.among(r, alike)
		default:
			c.next(r)
		}
	}
	for _, cl := range alike {
		for _, b := range cl.brains {
			c.owner[b] = nil
		}
	}
}

// far is for a router that is equally far from all owners: by the neighbours that are one hop nearer.
func (c *computation) far(r int, alike []*class, dist []int32) {
	nearer := dist[c.brain(r)] - 1
	hops := c.choose(r, func(brain int) bool { return dist[brain] == nearer })
	for _, cl := range alike {
		c.replace(r, cl, hops)
	}
}

// among is for a router that is itself an owner: by all its neighbours, who are all the others' neighbours too.
func (c *computation) among(r int, alike []*class) {
	hops := c.choose(r, func(int) bool { return true })
	for _, cl := range alike {
		if cl == c.owner[c.brain(r)] {
			c.replace(r, cl, nil)
		} else {
			c.replace(r, cl, hops)
		}
	}
}

// next is for a router that is next to all owners: to each by the edges that lead there.
func (c *computation) next(r int) {
	for _, h := range c.up[r] {
		if cl := c.owner[h.brain]; cl != nil {
			cl.direct = h.join(cl.direct)
		}
	}
	for _, h := range c.up[r] {
		if cl := c.owner[h.brain]; cl != nil && len(cl.direct) > 0 {
			c.replace(r, cl, c.keep(r, cl.direct))
			cl.direct = cl.direct[:0]
		}
	}
}

// choose is the set of a router's hops to some brains, in order of the fabric's edges.
func (c *computation) choose(r int, brains func(int) bool) Hops {
	c.scratch = c.scratch[:0]
	for _, h := range c.up[r] {
		if brains(h.brain) {
			c.scratch = h.join(c.scratch)
		}
	}
	return c.keep(r, c.scratch)
}

// join adds a hop to a set, each address once: the members of a virtual gateway have one between them.
func (h hop) join(set Hops) Hops {
	if h.twin && slices.Contains(set, h.to) {
		return set
	}
	return append(set, h.to)
}

// keep is a set that outlives its buffer: the latest one again where it is the same.
func (c *computation) keep(r int, set Hops) Hops {
	if !slices.Equal(c.latest[r], set) {
		c.latest[r] = slices.Clone(set)
	}
	return c.latest[r]
}

// replace puts a set of hops in a router's row for all prefixes of a class, and counts where it differs from what was there.
func (c *computation) replace(r int, cl *class, hops Hops) {
	row := c.rows[r]
	for _, p := range cl.prefixes {
		if !row[p].equal(hops) {
			c.changed[r]++
			row[p] = hops
		}
	}
}

// unreached is further than any brain.
const unreached = int32(1) << 30

// search is a breadth-first search: how many hops each brain is from the nearest of the given ones.
func search(near [][]int, from []int) []int32 {
	dist := slices.Repeat([]int32{unreached}, len(near))
	queue := slices.Clone(from)
	for _, b := range from {
		dist[b] = 0
	}
	for len(queue) > 0 {
		b := queue[0]
		queue = queue[1:]
		for _, n := range near[b] {
			if dist[n] == unreached {
				dist[n] = dist[b] + 1
				queue = append(queue, n)
			}
		}
	}
	return dist
}
