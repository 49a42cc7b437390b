package sweep

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/topology"
)

// failures are what can be played: the fates, and apart from its link each transceiver whose loss the other end does not
// hear of (fault_signalling: off). To a path that is the same; a bond stays on a link that is dead one way.
func failures(p *topology.Plant, f *fates) []*Fate {
	var all []*Fate
	for _, x := range f.all {
		whole, lone := *x, []Element(nil)
		whole.Elements = nil
		for _, e := range x.Elements {
			if e.Kind == Transceiver && !p.Port(e.ID).Link.FaultSignalling {
				lone = append(lone, e)
			} else {
				whole.Elements = append(whole.Elements, e)
			}
		}
		if len(lone) == 0 {
			all = append(all, x)
			continue
		}
		all = append(all, &whole)
		for _, e := range lone {
			apart := *x
			apart.Elements = []Element{e}
			all = append(all, &apart)
		}
	}
	return all
}

// Faults are the entries of a timeline by which an element fails, as typed on a command line: `power-off: "core1"`.
func (e Element) Faults(p *topology.Plant) []string {
	switch e.Kind {
	case Node:
		return []string{fault("power-off", e.ID)}
	case Link:
		return []string{fault("link-down", p.Link(e.ID).A.String())}
	case Transceiver:
		return []string{fault("optic-dead", e.ID)}
	case Feed:
		return []string{"feed-loss: " + strconv.Quote(e.ID)}
	case Conduit:
		return []string{"cut: " + strconv.Quote(e.ID)}
	}
	return groupFaults(p.Group(e.ID))
}

// groupFaults takes all of a group: its nodes, its links, or both.
func groupFaults(g *topology.Group) []string {
	var nodes, links, all []string
	for _, n := range g.Nodes {
		nodes = append(nodes, n.ID)
	}
	for _, l := range g.Links {
		links = append(links, l.A.String())
	}
	if len(nodes) > 0 {
		all = append(all, fault("power-off", nodes...))
	}
	if len(links) > 0 {
		all = append(all, fault("link-down", links...))
	}
	return all
}

// fault quotes its targets: a port such as core1:1 is a word, and so is a node called 1.
func fault(kind string, targets ...string) string {
	quoted := make([]string, len(targets))
	for i, t := range targets {
		quoted[i] = strconv.Quote(t)
	}
	return fmt.Sprintf("%s: [%s]", kind, strings.Join(quoted, ", "))
}

// Faults are the entries by which all of a set fails.
func Faults(p *topology.Plant, set []*Fate) []string {
	var all []string
	for _, f := range set {
		all = append(all, f.Elements[0].Faults(p)...)
	}
	return all
}
