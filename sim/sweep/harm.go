package sweep

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// harm is what has failed. Failures stack: what two of them take is back when both are undone.
type harm struct {
	nodes []int16 // how many failures take it
	links []int16
	live  []bool // feeds, by fate
	doing []stroke

	packs []*pack
}

// stroke is one thing that a failure did.
type stroke struct {
	what  byte // 'n'ode, 'l'ink, 'f'eed, 'p'ack
	index int
}

// pack is the nodes that have exactly the same feeds.
type pack struct {
	feeds []int // by fate, sorted
	nodes []int
	out   bool
}

// cause is something by which a node or link can be lost: one fate, or the feeds of a pack, all of them.
type cause struct {
	fate *Fate
	pack *pack
}

func newHarm(p *topology.Plant, f *fates) *harm {
	h := &harm{
		nodes: make([]int16, len(p.Nodes)), links: make([]int16, len(p.Links)), live: make([]bool, len(f.all)),
	}
	bySet := map[string]*pack{}
	for _, n := range p.Nodes {
		if len(n.Feeds) == 0 {
			continue
		}
		feeds := indexes(n.Feeds, func(id string) int { return f.feed[id].index })
		key := effect(feeds, nil)
		if bySet[key] == nil {
			bySet[key] = &pack{feeds: feeds}
			h.packs = append(h.packs, bySet[key])
		}
		bySet[key].nodes = append(bySet[key].nodes, n.Index)
	}
	for i := range h.live {
		h.live[i] = true
	}
	return h
}

// fail makes a cause come true. It returns what to undo it with.
func (h *harm) fail(c cause) (mark int) {
	mark = len(h.doing)
	if c.fate != nil {
		h.take(c.fate.nodes, c.fate.links)
		return mark
	}
	for _, f := range c.pack.feeds {
		if h.live[f] {
			h.live[f] = false
			h.doing = append(h.doing, stroke{'f', f})
		}
	}
	h.blackout()
	return mark
}

// blackout takes all nodes whose feeds are gone.
func (h *harm) blackout() {
	for i, p := range h.packs {
		if !p.out && !slices.ContainsFunc(p.feeds, func(f int) bool { return h.live[f] }) {
			p.out = true
			h.doing = append(h.doing, stroke{'p', i})
			h.take(p.nodes, nil)
		}
	}
}

func (h *harm) take(nodes, links []int) {
	for _, n := range nodes {
		h.nodes[n]++
		h.doing = append(h.doing, stroke{'n', n})
	}
	for _, l := range links {
		h.links[l]++
		h.doing = append(h.doing, stroke{'l', l})
	}
}

// undo takes back all that was done since a mark.
func (h *harm) undo(mark int) {
	for _, s := range h.doing[mark:] {
		switch s.what {
		case 'n':
			h.nodes[s.index]--
		case 'l':
			h.links[s.index]--
		case 'f':
			h.live[s.index] = true
		case 'p':
			h.packs[s.index].out = false
		}
	}
	h.doing = h.doing[:mark]
}

// fresh lists the fates that a cause would add to what has failed: of a pack, the feeds that are still live.
func (h *harm) fresh(c cause) []int {
	if c.fate != nil {
		return []int{c.fate.index}
	}
	var list []int
	for _, f := range c.pack.feeds {
		if h.live[f] {
			list = append(list, f)
		}
	}
	return list
}
