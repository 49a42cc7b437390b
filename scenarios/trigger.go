package scenarios

import (
	"slices"
	"strconv"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/recovery"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// trigger reads the event that an entry waits for. Names are checked once all entries are known.
func (l *loader) trigger(w *when, n *yamlfile.Node) *sim.Trigger {
	t := &sim.Trigger{Count: w.Count}
	said := 0
	for _, s := range []struct {
		subject, kind, state string
	}{
		{w.Node, "stage", w.Stage}, {w.Up, "up", ""}, {w.Down, "down", ""}, {w.Fault, "fault", ""}, {w.Healed, "healed", ""},
		{w.Task, "task", string(taskState(w.Ended))}, {w.Milestone, "milestone", ""},
	} {
		if s.subject != "" {
			said++
			t.Subject, t.Kind, t.State = s.subject, s.kind, s.state
		}
	}
	switch {
	case said != 1:
		l.ps.Add(n.Pos(), "", "when waits for one of {node: core1, stage: forwarding}, {up: core1}, {down: web}, {fault: id}, {healed: id}, {task: diagnose-part}, {milestone: storage-up}")
	case w.Node != "" && w.Stage == "":
		l.ps.Add(n.Pos(), "such as stage: forwarding", "when waits for a stage of %s", w.Node)
	case w.Node == "" && w.Stage != "":
		l.ps.Add(n.Lookup("stage").Pos(), "", "stage needs a node")
	case w.Task == "" && w.Ended:
		l.ps.Add(n.Lookup("ended").Pos(), "", "ended needs a task")
	case w.Count < 0:
		l.ps.Add(n.Lookup("count").Pos(), "", "count is %d: the first is 1", w.Count)
	default:
		l.waits = append(l.waits, wait{t, n})
		return t
	}
	return nil
}

func taskState(ended bool) sim.TaskState {
	if ended {
		return sim.TaskEnded
	}
	return sim.TaskBegun
}

// wait is a trigger whose names are still to be looked up.
type wait struct {
	trigger *sim.Trigger
	node    *yamlfile.Node
}

// triggers looks up the names in all triggers.
func (l *loader) triggers(ids []string, sc *sim.Scenario) {
	if sc.Plant == nil {
		return
	}
	for _, w := range l.waits {
		switch w.trigger.Kind {
		case "fault", "healed":
			if id := w.trigger.Subject; !slices.Contains(ids, id) {
				l.unknown(w.node, id, "entry of the timeline", ids)
			}
		case "stage":
			l.waitForNode(w, sc.Plant)
		case "task", "milestone":
			l.waitForPeople(w, sc)
		default:
			l.waitForService(w, sc)
		}
	}
}

func (l *loader) waitForNode(w wait, p *topology.Plant) {
	if p.Node(w.trigger.Subject) == nil {
		l.unknown(w.node, w.trigger.Subject, "node", nodeNames(p))
	}
}

// waitForPeople looks whether there are people who could get that far.
func (l *loader) waitForPeople(w wait, sc *sim.Scenario) {
	have := sim.Milestones()
	if w.trigger.Kind == "task" {
		have = recovery.Tasks()
	}
	switch {
	case !slices.Contains(have, w.trigger.Subject):
		l.unknown(w.node, w.trigger.Subject, w.trigger.Kind, have)
	case sc.Recovery == nil:
		l.ps.Add(w.node.Pos(), "such as teams: {noc: {people: 4}}", "it waits for people, and there are no teams")
	}
}

// waitForService sorts out what up and down are about: a node's service is a stage, a workload's is its own.
func (l *loader) waitForService(w wait, sc *sim.Scenario) {
	t := w.trigger
	if sc.Plant.Node(t.Subject) != nil {
		t.State = topology.Forwarding.String()
		if t.Kind == "down" {
			t.State = topology.Off.String()
		}
		t.Kind = "stage"
		return
	}
	names := nodeNames(sc.Plant)
	for _, u := range sc.Uses {
		for _, m := range u.Members {
			if m.Subject() == t.Subject {
				return
			}
			names = append(names, m.Subject())
		}
		if u.ID == t.Subject {
			l.ps.Add(w.node.Pos(), "name one of them, such as "+strconv.Quote(u.ID+"/1"), "%s has %d members", u.ID, len(u.Members))
			return
		}
	}
	l.unknown(w.node, t.Subject, "node or workload", names)
}

func nodeNames(p *topology.Plant) []string {
	names := make([]string, len(p.Nodes))
	for i, n := range p.Nodes {
		names[i] = n.ID
	}
	return names
}

// unknown complains of a name in a trigger, at its own place.
func (l *loader) unknown(n *yamlfile.Node, name, what string, have []string) {
	at := n.Pos()
	for _, e := range n.Entries() {
		if e.Value.Text() == name {
			at = e.Value.Pos()
		}
	}
	l.ps.Add(at, yamlfile.Suggest(name, have), "no %s %q", what, name)
}
