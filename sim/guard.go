package sim

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// guard is a link guard at work (topology.Guard).
type guard struct {
	group *topology.Group
	at    []*topology.Node // where its links meet
	// armed: enough links have had a carrier since it last acted. It acts on what it loses, not on what was never there.
	armed   bool
	tripped bool
}

// guard puts a group's guard to work, if it has one.
func (h *Hardware) guard(g *topology.Group) {
	if g.Guard == nil {
		return
	}
	watch := &guard{group: g, at: g.Meet(), armed: true}
	h.guards = append(h.guards, watch)
	for _, l := range g.Links {
		h.cables[l].guard = watch
	}
}

// applyGuards has every guard look at its links.
func (h *Hardware) applyGuards(cause int, b *batch) {
	for _, g := range h.guards {
		g.tripped = false
		enough := h.lit(g.group.Links) >= g.group.Guard.MinLinks
		switch {
		case !slices.ContainsFunc(g.at, func(n *topology.Node) bool { return !h.lightless(n) }):
			g.armed = false // nobody looks
		case enough:
			g.armed = true
		case !g.group.Guard.ErrDisable:
			g.tripped = true
		case g.armed:
			g.armed = false
			h.errDisable(g.group, cause, b)
		}
	}
}

// lit counts links that have a carrier, as far as no guard takes it away.
func (h *Hardware) lit(links []*topology.Link) int {
	n := 0
	for _, l := range links {
		if up, _ := h.carrier(l.A); up {
			n++
		}
	}
	return n
}

// errDisable shuts what is left of a group's links, until somebody clears them.
func (h *Hardware) errDisable(g *topology.Group, cause int, b *batch) {
	for _, l := range g.Links {
		if up, _ := h.carrier(l.A); up {
			h.cables[l].errDisabled++
			h.env.Log.Add(b.causeOf(l.A, cause), l.ID, ErrDisableData{Guard: g.ID})
		}
	}
}
