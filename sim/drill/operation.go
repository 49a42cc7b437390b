package drill

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Operation is something that the table has done to the plant: a real operation, by people who take their time for it.
type Operation struct {
	Kind   string
	Target topology.Target
	// Takes is how long it takes in all, with what has to be waited for; after that it is done part by part, evenly.
	Takes time.Duration

	waits time.Duration
	parts []string
	what  operation
}

// operation is a kind of them.
type operation struct {
	doc   string
	takes time.Duration
	// find names the parts of a target one by one, do does it to one and says what was found.
	find func(*sim.Scenario, topology.Target) ([]string, error)
	do   func(*hands, topology.Target) string
	// targets lists what it can be done to, one by one.
	targets func(*sim.Scenario) []string
}

// hands are people at work: who, why, and on which plant.
type hands struct {
	*sim.Hands
	sim.Act
}

// looking is the operation that changes nothing; replacing needs parts, cycling tools.
const looking, replacing, cycling = "look", "replace", "power-cycle"

// operations are all kinds, in the order in which people come to them. The times are those of one person who knows how, for one part (three minutes a machine fit
// the incident of 2023, the others are chosen).
var operations = yamlfile.Ordered[operation]{
	{Key: looking, Value: operation{
		"look at a port: link, light, err-disable", 5 * time.Minute, links, toLink(lookAt), linkNames,
	}},
	{Key: "reseat", Value: operation{
		"take a transceiver out and put it back", 10 * time.Minute, ports,
		toPort(func(h *hands, p *topology.Port) string { h.ReseatOptic(h.Act, p); return lookAt(h, p.Link) }), portNames,
	}},
	{Key: replacing, Value: operation{
		"put another transceiver in", 20 * time.Minute, ports,
		toPort(func(h *hands, p *topology.Port) string { h.ReplaceOptic(h.Act, p, true); return lookAt(h, p.Link) }), portNames,
	}},
	{Key: "plug-in", Value: operation{
		"put a cable back at both ends", 10 * time.Minute, links,
		toLink(func(h *hands, l *topology.Link) string { h.PlugIn(h.Act, l); return lookAt(h, l) }), linkNames,
	}},
	{Key: "clear-err-disable", Value: operation{
		"let a link up again that its switch has shut", 2 * time.Minute, links,
		toLink(func(h *hands, l *topology.Link) string { h.ClearErrDisable(h.Act, l); return lookAt(h, l) }), linkNames,
	}},
	{Key: "shut", Value: operation{
		"shut a port", 2 * time.Minute, ports,
		toPort(func(h *hands, p *topology.Port) string { h.Shut(h.Act, p, true); return p.String() + " is shut" }), portNames,
	}},
	{Key: "open", Value: operation{
		"open a port that was shut", 2 * time.Minute, ports,
		toPort(func(h *hands, p *topology.Port) string { h.Shut(h.Act, p, false); return lookAt(h, p.Link) }), portNames,
	}},
	{Key: "reboot", Value: operation{
		"take the power from a node and give it back", 5 * time.Minute, nodes,
		toNode(func(h *hands, n *topology.Node) string { h.Reboot(h.Act, n); return n.ID + " is booting" }), nodeNames,
	}},
	{Key: cycling, Value: operation{
		"force virtual machines off and boot them, by workload", 3 * time.Minute, machines, powerCycle, machineNames,
	}},
}

// Operations lists the kinds with what they do, for pages and help.
func Operations() (kinds []string, docs map[string]string) {
	docs = map[string]string{}
	for _, o := range operations {
		docs[o.Key] = o.Value.doc
	}
	return operations.Keys(), docs
}

// ReadOperation makes an operation of its words, and finds out whether it can be done to this plant. Its time is that of
// one person.
func ReadOperation(sc *sim.Scenario, kind string, target []string) (Operation, error) {
	what := operations.Lookup(kind)
	if what == nil {
		return Operation{}, topology.NewUnknown("operation", kind, operations.Keys())
	}
	parts, err := what.find(sc, target)
	if err != nil {
		return Operation{}, err
	}
	return Operation{Kind: kind, Target: target, Takes: time.Duration(len(parts)) * what.takes, parts: parts, what: *what}, nil
}

// shared is the operation done by several people side by side.
func (o Operation) shared(people int) Operation {
	people = max(1, min(people, len(o.parts)))
	o.Takes = (o.Takes + time.Duration(people) - 1) / time.Duration(people)
	return o
}

// due is how long after its beginning the nth part is done.
func (o Operation) due(nth int) time.Duration {
	return o.waits + (o.Takes-o.waits)*time.Duration(nth+1)/time.Duration(len(o.parts))
}

// String is the operation as people say it: "reseat core1:Ethernet1/1".
func (o Operation) String() string { return o.Kind + " " + strings.Join(o.Target, ", ") }

var (
	links = namesOf(topology.Target.Links, func(l *topology.Link) string { return l.ID })
	ports = namesOf(topology.Target.Ports, (*topology.Port).String)
	nodes = namesOf(topology.Target.Nodes, func(n *topology.Node) string { return n.ID })
)

// namesOf names what a target names, each as it can be found again.
func namesOf[T any](find func(topology.Target, *topology.Plant) ([]T, error), name func(T) string) func(*sim.Scenario, topology.Target) ([]string, error) {
	return func(sc *sim.Scenario, t topology.Target) ([]string, error) {
		all, err := find(t, sc.Plant)
		var names []string
		for _, x := range all {
			names = append(names, name(x))
		}
		return names, err
	}
}

// machines names the virtual machines of workloads, or those named one by one, in the order in which they were asked for.
func machines(sc *sim.Scenario, t topology.Target) ([]string, error) {
	var found []string
	for _, word := range t {
		before := len(found)
		for _, m := range sc.Guests() {
			if named(m, topology.Target{word}) && !slices.Contains(found, m.Subject()) {
				found = append(found, m.Subject())
			}
		}
		if len(found) == before {
			return nil, topology.NewUnknown("virtual machine", word, machineNames(sc))
		}
	}
	return found, nil
}

// named says whether a target names a machine or its workload.
func named(m *sim.Member, t topology.Target) bool {
	return slices.Contains(t, m.Workload.ID) || slices.Contains(t, m.Subject())
}

func toLink(do func(*hands, *topology.Link) string) func(*hands, topology.Target) string {
	return toOne(topology.Target.Links, do)
}

func toPort(do func(*hands, *topology.Port) string) func(*hands, topology.Target) string {
	return toOne(topology.Target.Ports, do)
}

func toNode(do func(*hands, *topology.Node) string) func(*hands, topology.Target) string {
	return toOne(topology.Target.Nodes, do)
}

// toOne does something to the one part that a target names.
func toOne[T any](find func(topology.Target, *topology.Plant) ([]T, error), do func(*hands, T) string) func(*hands, topology.Target) string {
	return func(h *hands, t topology.Target) string {
		all, _ := find(t, h.Scenario().Plant) // it was found when the operation was read
		return do(h, all[0])
	}
}

// lookAt says what somebody sees who looks at a link's lights and counters.
func lookAt(h *hands, l *topology.Link) string {
	state, at := h.Look(l)
	switch {
	case state != sim.LinkWell:
		return fmt.Sprintf("%s: %s", at, state)
	case !lit(h.Log(), l):
		return l.ID + ": no carrier, and nothing is wrong with it here"
	}
	return l.ID + ": up"
}

// lit says whether both ends of a link have a carrier.
func lit(log *sim.Log, l *topology.Link) bool {
	up := map[string]bool{l.A.String(): true, l.B.String(): true}
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.CarrierData); ok {
			up[e.Subject] = d.Up
		}
	}
	return up[l.A.String()] && up[l.B.String()]
}

// powerCycle forces a machine off and boots it. What has become of it is seen later.
func powerCycle(h *hands, t topology.Target) string {
	for _, m := range h.Guests() {
		if named(m, t) {
			h.SwitchOff(h.Act, m)
			h.SwitchOn(h.Act, m, 0, false)
		}
	}
	return ""
}

// consoles says what the consoles of machines show: "280 of 284 machines up, 4 booting".
func consoles(log *sim.Log, machines []string) string {
	states := map[string]sim.GuestState{}
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.GuestData); ok {
			states[e.Subject] = d.State
		}
	}
	counts, order := map[sim.GuestState]int{}, []sim.GuestState(nil)
	for _, m := range machines {
		if counts[states[m]]++; !slices.Contains(order, states[m]) {
			order = append(order, states[m])
		}
	}
	slices.SortStableFunc(order, func(a, b sim.GuestState) int { return counts[b] - counts[a] })
	var parts []string
	for _, s := range order {
		parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
	}
	return report.Plural(len(machines), "machine") + ": " + strings.Join(parts, ", ")
}
