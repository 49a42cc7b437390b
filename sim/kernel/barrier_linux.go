package kernel

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// A fault of many members must take them all at one instant, or a bond fails over in between and the run shows
// something else. Netlink calls take 0.3 ms each, one after another. So every member is armed
// first: its guard is told to lose everything from a moment of the kernel's clock on. When that moment comes, nothing
// needs to be done at all; bridges and carriers follow.
//
//	arm core1 ── arm core2 ──────── T ── carriers, bridges
//	                                └ both stop

// member is one part of a fault that takes effect in several places: a node that leaves service, or a link of others.
type member struct {
	node *topology.Node
	link *topology.Link
}

// stopping lists what a change takes out of service.
func (c *condition) stopping(ch *change) []member {
	var members []member
	shut := map[*topology.Node]bool{}
	for _, n := range ch.shut {
		shut[n] = true
		members = append(members, member{node: n})
	}
	for _, l := range c.plant.Links {
		if (ch.fall[l.A] || ch.fall[l.B]) && !shut[l.A.Node] && !shut[l.B.Node] && !c.silent(l) {
			members = append(members, member{link: l})
		}
	}
	return members
}

// count is the number of nodes among members, or when there is none that of links.
func count(members []member) int {
	nodes := 0
	for _, m := range members {
		if m.node != nil {
			nodes++
		}
	}
	if nodes > 0 {
		return nodes
	}
	return len(members)
}

// silent says whether nothing passed a link anyway, because one of its nodes is out of service.
func (c *condition) silent(l *topology.Link) bool {
	return c.stage[l.A.Node.Index] != topology.Forwarding || c.stage[l.B.Node.Index] != topology.Forwarding
}

const (
	// armAhead is how far ahead the moment is set for each node that has to be armed, with two working: one takes 0.1 to
	// 0.3 ms (measured).
	armAhead = 200 * time.Microsecond
	// armSlack is for stalls of the machine; what is armed after the moment stops when it is armed, and is reported.
	armSlack   = 4 * time.Millisecond
	armWorkers = 2
)

// stopTogether stops all members at one moment and waits for it. Late is by how much the last was armed too late; zero
// means that all stopped at the same tick of the kernel's clock.
func (c *condition) stopTogether(members []member) (armed []*guard, late time.Duration, err error) {
	armed = c.guardsOf(members)
	at := time.Now().Add(armSlack + time.Duration(len(armed))*armAhead)
	if err := arm(armed, members, at); err != nil {
		return nil, 0, fmt.Errorf("arm group fault: %w", err)
	}
	late = max(0, time.Since(at))
	time.Sleep(time.Until(at))
	return armed, late, nil
}

// guardsOf finds the guards that members stop at: a node's own, or those of both ends of a link.
func (c *condition) guardsOf(members []member) []*guard {
	at := map[*topology.Node]bool{}
	for _, m := range members {
		if m.node != nil {
			at[m.node] = true
		} else {
			at[m.link.A.Node], at[m.link.B.Node] = true, true
		}
	}
	var guards []*guard
	for _, n := range c.plant.Nodes {
		if at[n] {
			guards = append(guards, c.guard(n))
		}
	}
	return guards
}

// arm tells all guards to lose what the members lose from a moment on.
func arm(guards []*guard, members []member, at time.Time) error {
	faults := make([]error, armWorkers)
	var all sync.WaitGroup
	for w := range armWorkers {
		all.Go(func() {
			for i := w; i < len(guards); i += armWorkers {
				faults[w] = errors.Join(faults[w], guards[i].arm(guards[i].stopsOf(members, at)))
			}
		})
	}
	all.Wait()
	return errors.Join(faults...)
}

// stopsOf are the stops that members mean for this guard.
func (g *guard) stopsOf(members []member, at time.Time) []stop {
	var stops []stop
	for _, m := range members {
		if m.node == g.node.node {
			stops = append(stops, stop{at: at})
		}
		if m.link == nil {
			continue
		}
		for _, p := range m.link.Ends() {
			if p.Node == g.node.node {
				stops = append(stops, stop{at: at, port: p})
			}
		}
	}
	return stops
}

// disarm takes back the stops that are still armed, once the carriers have gone.
func disarm(armed []*guard) error {
	for _, g := range armed {
		if len(g.stops) == 0 {
			continue
		}
		if err := g.commit(); err != nil {
			return fmt.Errorf("disarm %s: %w", g.ns.name, err)
		}
	}
	return nil
}
