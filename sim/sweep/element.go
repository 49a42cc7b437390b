package sweep

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// Kind is the sort of an element.
type Kind string

// What can fail on its own. A group is one that shares fate: all its members fail together.
const (
	Node        Kind = "node"
	Link        Kind = "link"
	Transceiver Kind = "transceiver"
	Feed        Kind = "feed"
	Conduit     Kind = "conduit"
	Group       Kind = "group"
)

// kinds in the order in which people ask for them.
var kinds = []Kind{Node, Link, Transceiver, Feed, Conduit, Group}

// Element is a part of a plant that can fail on its own.
type Element struct {
	Kind Kind `json:"kind"`
	// ID is the node's, the link's, the feed's, the conduit's or the group's; of a transceiver its port's, node:port.
	ID string `json:"id"`
	// Shares is what the members of a group share.
	Shares []string `json:"shares,omitempty"`
	// Pos is where it was typed; without file for feeds and conduits, which are only spoken of.
	Pos topology.Pos `json:"-"`
}

// Fate is one or more elements that take exactly the same nodes and links away: a link and the transceivers at its ends.
// Cut sets are sets of fates; any of the elements stands for the others.
type Fate struct {
	Elements []Element

	index int
	nodes []int // by Node.Index
	links []int // by Link.Index
	feed  bool  // it takes nodes only together with other feeds
}

// fates are all that can happen to a plant.
type fates struct {
	all  []*Fate
	feed map[string]*Fate
	node []*Fate // that takes this node and nothing else
	link []*Fate // that takes this link and nothing else
	byID map[string]*Fate
}

// newFates lists the elements of a plant, those of equal effect together. Feeds stay apart, for it depends on the others
// what the loss of one takes.
func newFates(p *topology.Plant) *fates {
	f := &fates{feed: map[string]*Fate{}, byID: map[string]*Fate{}}
	for _, n := range p.Nodes {
		f.node = append(f.node, f.add(Element{Kind: Node, ID: n.ID, Pos: n.Pos}, []int{n.Index}, nil))
	}
	for _, l := range p.Links {
		f.link = append(f.link, f.add(Element{Kind: Link, ID: l.ID, Pos: l.Pos}, nil, []int{l.Index}))
		for _, end := range l.Ends() {
			if end.Optic != nil {
				f.add(Element{Kind: Transceiver, ID: end.String(), Pos: l.Pos}, nil, []int{l.Index})
			}
		}
	}
	f.addFeeds(p)
	f.addConduits(p)
	for _, g := range p.Groups {
		if len(g.Shares) > 0 {
			f.add(Element{Kind: Group, ID: g.ID, Shares: g.Shares, Pos: g.Pos}, indexes(g.Nodes, nodeIndex), indexes(g.Links, linkIndex))
		}
	}
	return f
}

func (f *fates) add(e Element, nodes, links []int) *Fate {
	key := effect(nodes, links)
	x := f.byID[key]
	if x == nil {
		x = f.append(nodes, links)
		f.byID[key] = x
	}
	x.Elements = append(x.Elements, e)
	return x
}

func (f *fates) append(nodes, links []int) *Fate {
	x := &Fate{index: len(f.all), nodes: nodes, links: links}
	f.all = append(f.all, x)
	return x
}

func (f *fates) addFeeds(p *topology.Plant) {
	for _, n := range p.Nodes {
		for _, id := range n.Feeds {
			if f.feed[id] == nil {
				x := f.append(nil, nil)
				x.feed = true
				x.Elements = []Element{{Kind: Feed, ID: id}}
				f.feed[id] = x
			}
		}
	}
}

func (f *fates) addConduits(p *topology.Plant) {
	var order []string
	in := map[string][]int{}
	for _, l := range p.Links {
		if l.Conduit == "" {
			continue
		}
		if in[l.Conduit] == nil {
			order = append(order, l.Conduit)
		}
		in[l.Conduit] = append(in[l.Conduit], l.Index)
	}
	for _, id := range order {
		f.add(Element{Kind: Conduit, ID: id}, nil, in[id])
	}
}

// Fates are all that can happen to the plant, one at a time.
func (r *Result) Fates() []*Fate { return r.fates.all }

// elements counts the elements of each kind.
func (f *fates) elements() map[Kind]int {
	n := map[Kind]int{}
	for _, x := range f.all {
		for _, e := range x.Elements {
			n[e.Kind]++
		}
	}
	return n
}

func nodeIndex(n *topology.Node) int { return n.Index }
func linkIndex(l *topology.Link) int { return l.Index }

// indexes are the numbers of parts, sorted, each once.
func indexes[T any](parts []T, index func(T) int) []int {
	list := make([]int, len(parts))
	for i, x := range parts {
		list[i] = index(x)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// effect is the same for the same nodes and links, both sorted.
func effect(nodes, links []int) string {
	b := appendInts(nil, nodes...)
	return string(appendInts(append(b, '|'), links...))
}
