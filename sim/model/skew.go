package model

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// reportSkew says of a group fault that its members acted at one instant: here they always do.
func (w *World) reportSkew(cause int, levels []sim.Level) {
	if members := group(levels); members > 1 {
		w.note(cause, "", sim.SkewData{Members: members})
	}
}

// group counts the nodes that lose power in a batch; when none does, the links that lose a carrier.
func group(levels []sim.Level) int {
	nodes, links := 0, map[*topology.Link]bool{}
	for _, l := range levels {
		switch l := l.(type) {
		case sim.Stage:
			if l.Stage == topology.Off {
				nodes++
			}
		case sim.Carrier:
			if !l.Up {
				links[l.Port.Link] = true
			}
		}
	}
	if nodes > 0 {
		return nodes
	}
	return len(links)
}
