package sweep

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// class is flows that are equal but for the names of their ends: hosts wired alike to the same switches, by cables and
// with feeds and groups alike. One of them is searched for all.
type class struct {
	ways  []way
	names []int32 // the fates that only its ends have
	cuts  []set
}

// classes finds the class of each flow.
type classes struct {
	g     *graph
	fates *fates
	all   []*class
	byKey map[string]*class
	mine  [][]int32 // by node: what else than its own fate takes it
	its   [][]int32 // by link
}

func newClasses(g *graph, f *fates) *classes {
	c := &classes{
		g: g, fates: f, byKey: map[string]*class{},
		mine: make([][]int32, len(g.plant.Nodes)), its: make([][]int32, len(g.plant.Links)),
	}
	for _, x := range f.all {
		for _, n := range x.nodes {
			if f.node[n] != x {
				c.mine[n] = append(c.mine[n], int32(x.index))
			}
		}
		for _, l := range x.links {
			if f.link[l] != x {
				c.its[l] = append(c.its[l], int32(x.index))
			}
		}
	}
	for _, n := range g.plant.Nodes {
		for _, id := range n.Feeds {
			c.mine[n.Index] = append(c.mine[n.Index], int32(f.feed[id].index))
		}
		slices.Sort(c.mine[n.Index])
	}
	return c
}

// of is the class of a flow and the names that the flow's own ends have for those of the class.
func (c *classes) of(f sim.Flow) (*class, []int32) {
	ways := c.g.ways(f)
	key := appendInts(nil, len(ways))
	var names []int32
	for i := range ways {
		w := &ways[i]
		if len(w.direct) > 0 {
			return c.add(string(appendInts([]byte("="), int(w.from.node), int(w.to.node), len(c.all))), ways, nil), nil
		}
		key = appendInts(key, flag(w.flat))
		key = c.side(key, &w.from, &names)
		key = c.side(key, &w.to, &names)
	}
	return c.add(string(key), ways, names), names
}

func (c *classes) add(key string, ways []way, names []int32) *class {
	if c.byKey[key] == nil {
		c.byKey[key] = &class{ways: ways, names: names}
		c.all = append(c.all, c.byKey[key])
	}
	return c.byKey[key]
}

// side describes an end so that equal ends read the same, and lists the fates that are its own.
func (c *classes) side(key []byte, e *end, names *[]int32) []byte {
	if !e.host {
		return appendInts(append(key, '!'), int(e.node), networkIndex(e.net))
	}
	*names = append(*names, int32(c.fates.node[e.node].index))
	key = appendInts(append(key, '/'), networkIndex(e.net), flag(e.gates != nil), flag(e.aside))
	key = append(appendFates(key, c.mine[e.node]), ';')
	for _, d := range e.doors {
		key = append(appendInts(key, int(d.to)), ':')
		key = append(c.link(key, d.link, names), ';')
	}
	for _, x := range e.exits {
		key = append(appendInts(key, int(x.at)), '>')
		key = append(c.link(key, x.link, names), ';')
	}
	return key
}

// link describes a link of a host, and says how it is numbered among the end's own where it came before.
func (c *classes) link(key []byte, link int32, names *[]int32) []byte {
	own := int32(c.fates.link[link].index)
	at := slices.Index(*names, own)
	if at < 0 {
		at = len(*names)
		*names = append(*names, own)
	}
	return appendFates(appendInts(key, at), c.its[link])
}

// rename turns a cut set of the class into one of a flow of the class.
func (c *class) rename(s set, names []int32) set {
	for i := range s.size() {
		if at := slices.Index(c.names, s[i]); at >= 0 {
			s[i] = names[at]
		}
	}
	return s.sorted()
}

func appendFates(b []byte, list []int32) []byte {
	for _, x := range list {
		b = appendInts(b, int(x))
	}
	return b
}

func networkIndex(n *topology.Network) int {
	if n == nil {
		return -1
	}
	return n.Index
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}
