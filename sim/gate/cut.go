package gate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
)

// cuts gathers cut sets: those that differ only in which node of a family they are about are one finding.
type cuts struct {
	c     *Case
	order []string
	by    map[string]*cutting
}

// cutting is what cuts workloads: a set of elements, or several alike.
type cutting struct {
	elements  []sweep.Element // of the first
	names     []string        // of all
	workloads []string
	at        []topology.Pos
	seen      map[string]bool // names and workloads
}

// first says whether a word is new here.
func (k *cutting) first(word string) bool {
	known := k.seen[word]
	k.seen[word] = true
	return !known
}

func newCuts(c *Case) *cuts { return &cuts{c: c, by: map[string]*cutting{}} }

// add takes a set down, and the workload that it cuts, if any.
func (x *cuts) add(elements []sweep.Element, workload string) {
	var names []string
	for _, e := range elements {
		names = append(names, x.c.name(e))
	}
	subject, name := x.c.subjects(elements), strings.Join(names, " + ")
	k := x.by[subject]
	if k == nil {
		k = &cutting{elements: elements, seen: map[string]bool{}}
		x.by[subject] = k
		x.order = append(x.order, subject)
	}
	if k.first("cut " + name) {
		k.names = append(k.names, name)
		for _, e := range elements {
			k.at = append(k.at, places(x.c.Plant, e)...)
		}
	}
	if workload != "" && k.first(workload) {
		k.workloads = append(k.workloads, workload)
	}
}

// findings makes one of each; say completes it.
func (x *cuts) findings(say func(k *cutting, f *finding.Finding)) []finding.Finding {
	var all []finding.Finding
	for _, subject := range x.order {
		k := x.by[subject]
		f := finding.Finding{Subject: subject, Workloads: k.workloads}
		put(&f, inOrder(k.at))
		say(k, &f)
		all = append(all, f)
	}
	return all
}

// subjects names a set of elements by their families.
func (c *Case) subjects(elements []sweep.Element) string {
	var all []string
	for _, e := range elements {
		all = append(all, c.subject(e))
	}
	return strings.Join(all, " + ")
}

// subject names an element by its family, so that a count may change.
func (c *Case) subject(e sweep.Element) string {
	switch e.Kind {
	case sweep.Node:
		return c.Plant.Node(e.ID).Family
	case sweep.Link:
		p := c.link(c.Plant.Link(e.ID))
		return "link " + p.family + p.rest
	case sweep.Transceiver:
		port := c.Plant.Port(e.ID)
		return "transceiver " + port.Node.Family + ":" + port.Name
	}
	return string(e.Kind) + " " + e.ID
}

// name is how people say it.
func (c *Case) name(e sweep.Element) string {
	switch e.Kind {
	case sweep.Node:
		return e.ID
	case sweep.Group:
		return "what " + e.ID + " share (" + report.And(e.Shares) + ")"
	}
	return string(e.Kind) + " " + e.ID
}

// called names what cuts: "core1", "link hv1:nic and 3 more alike".
func (k *cutting) called() string {
	if len(k.names) == 1 {
		return k.names[0]
	}
	return k.names[0] + " (and " + strconv.Itoa(len(k.names)-1) + " more alike)"
}

// causes are the elements of a fate that are told apart: a link stands for its transceivers.
func causes(f *sweep.Fate) []sweep.Element {
	if f.Elements[0].Kind != sweep.Link {
		return f.Elements
	}
	return slices.DeleteFunc(slices.Clone(f.Elements), func(e sweep.Element) bool { return e.Kind == sweep.Transceiver })
}

// remedies say what to do about an element that cuts.
var remedies = map[sweep.Kind]string{
	sweep.Node:        "give them a second way that does not pass it",
	sweep.Link:        "add a second link that shares nothing with it",
	sweep.Transceiver: "add a second link that shares nothing with it",
	sweep.Feed:        "wire what hangs on it to a second feed",
	sweep.Conduit:     "lay one of its links elsewhere",
	sweep.Group:       "take one of them out of what they share",
}

// useIDs lists workloads.
func useIDs(uses []*sim.Use) []string {
	var all []string
	for _, u := range uses {
		all = append(all, u.ID)
	}
	return all
}
