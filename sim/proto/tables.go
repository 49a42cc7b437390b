package proto

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/dcdrill/dcdrill/sim"
)

// Tables are the routes of all routers of a fabric: towards every prefix, all
// neighbours on a shortest path (equal cost kept). A pure function of what is
// present; routers that share a brain count as one.
//
// Prefixes with the same origins differ in nothing, so they are looked at once: once a leaf, however many subnets hang
// on it. And origins with the same neighbours, such as all leaves that are wired to all spines, are equally far from
// everywhere else: one search does for all of them.
type Tables struct {
	fabric   *Fabric
	prefixes []netip.Prefix
	origins  [][]int // by prefix: indexes of its origins
	hops     [][]hop // by router: its edges and the brains beyond them
	brains   int

	rows [][]Hops // by router, by prefix
}

// Hops is a set of equal next hops, shared between all prefixes that have the same.
type Hops []sim.Hop

// hop is an edge as one of its ends sees it.
type hop struct {
	edge  int
	brain int // of the far end
	to    sim.Hop
	twin  bool // an earlier one leads to the same address
}

// NewTables makes the tables of a fabric in which nothing is present yet.
func NewTables(f *Fabric) *Tables {
	t := &Tables{fabric: f, hops: make([][]hop, len(f.Routers)), brains: f.brains()}
	index := map[netip.Prefix]int{}
	for i, o := range f.Origins {
		at, known := index[o.Prefix]
		if !known {
			at = len(t.prefixes)
			index[o.Prefix] = at
			t.prefixes = append(t.prefixes, o.Prefix)
			t.origins = append(t.origins, nil)
		}
		t.origins[at] = append(t.origins[at], i)
	}
	for i, e := range f.Edges {
		for end, r := range e.Ends {
			far := e.Ends[1-end]
			t.hops[r] = append(t.hops[r], hop{edge: i, brain: f.Routers[far].Brain, to: sim.Hop{Via: e.Via[1-end], Network: e.Network}})
		}
	}
	for _, hops := range t.hops {
		markTwins(hops)
	}
	t.rows = make([][]Hops, len(f.Routers))
	for r := range t.rows {
		t.rows[r] = make([]Hops, len(t.prefixes))
	}
	return t
}

func markTwins(hops []hop) {
	seen := map[sim.Hop]bool{}
	for i, h := range hops {
		hops[i].twin = seen[h.to]
		seen[h.to] = true
	}
}

// Prefix finds the index of a prefix; None when no router has it.
func (t *Tables) Prefix(p netip.Prefix) int { return slices.Index(t.prefixes, p) }

// Hops are a router's next hops towards a prefix; empty when it has no route.
func (t *Tables) Hops(router, prefix int) Hops { return t.rows[router][prefix] }

// Routes is a router's whole table.
func (t *Tables) Routes(router int) []sim.Route {
	var routes []sim.Route
	for p, hops := range t.rows[router] {
		if len(hops) > 0 {
			routes = append(routes, sim.Route{To: t.prefixes[p], Hops: hops})
		}
	}
	return routes
}

// Compute works all tables out anew and says, by router, how many prefixes changed.
func (t *Tables) Compute(edgeUp, originUp func(int) bool) (changed []int) {
	c := newComputation(t, edgeUp)
	for _, alike := range c.alike(t.classes(originUp)) {
		c.group(alike)
	}
	return c.changed
}

// equal compares two sets, which are mostly one and the same.
func (h Hops) equal(o Hops) bool {
	return len(h) == len(o) && (len(h) == 0 || &h[0] == &o[0] || slices.Equal(h, o))
}

// class is all prefixes that the same brains have of their own.
type class struct {
	brains   []int
	prefixes []int
	direct   Hops // a buffer for the hops of a router next to the owner
}

func (t *Tables) classes(originUp func(int) bool) []*class {
	var all []*class
	byBrains := map[string]*class{}
	var key []byte
	for p := range t.prefixes {
		brains := t.owners(p, originUp)
		key = key[:0]
		for _, b := range brains {
			key = binary.AppendUvarint(key, uint64(b))
		}
		c := byBrains[string(key)]
		if c == nil {
			c = &class{brains: brains}
			byBrains[string(key)] = c
			all = append(all, c)
		}
		c.prefixes = append(c.prefixes, p)
	}
	return all
}

// owners are the brains that have a prefix of their own at present, in order.
func (t *Tables) owners(prefix int, originUp func(int) bool) []int {
	var brains []int
	for _, o := range t.origins[prefix] {
		if originUp(o) {
			brains = append(brains, t.fabric.Routers[t.fabric.Origins[o].Router].Brain)
		}
	}
	slices.Sort(brains)
	return slices.Compact(brains)
}
