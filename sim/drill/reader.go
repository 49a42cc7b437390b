package drill

import (
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// reader looks up the names in a script.
type reader struct {
	*Script
	sc *sim.Scenario
	ps *yamlfile.Problems
}

// roles have names that are nobody else's, and tools that there are.
func (r *reader) roles() {
	tools, _ := Operations()
	tools = append(tools, Posting)
	for _, x := range r.Roles {
		if taken(x.Key) {
			r.ps.Add(x.Pos, "choose another name", "role %s: that is the name of another seat", x.Key)
		}
		if strings.ContainsAny(x.Key, `/\`) {
			r.ps.Add(x.Pos, "use letters, digits and hyphens", "role %s: it names files and addresses", x.Key)
		}
		for _, tool := range x.Value.Can {
			r.known("operation", tool, tools, x.Value.Pos)
		}
	}
}

func (r *reader) contacts() {
	for _, c := range r.Contacts {
		if taken(c.Key) || r.Roles.Lookup(c.Key) != nil {
			r.ps.Add(c.Pos, "choose another name", "contact %s: that is the name of a seat in the room", c.Key)
		}
	}
}

func (r *reader) injects() {
	for i := range r.Injects {
		x := &r.Injects[i].Value
		r.role(x.To, x.Pos)
		r.objective(x.Objective, x.Pos)
		r.moment(x.When, x.At != nil, x.Pos)
	}
}

func (r *reader) decisions() {
	for i := range r.Decisions {
		d := &r.Decisions[i].Value
		r.role(d.To, d.Pos)
		r.objective(d.Objective, d.Pos)
		r.moment(d.When, d.At != nil, d.Pos)
		if len(d.Options) < 2 {
			r.ps.Add(d.Pos, "give it two options or more", "decision %s leaves nothing to decide", r.Decisions[i].Key)
		}
		for j := range d.Options {
			r.option(&d.Options[j].Value)
		}
	}
}

func (r *reader) option(o *Option) {
	for _, e := range o.Does.Entries() {
		op, err := ReadOperation(r.sc, e.Key, yamlfile.Words(e.Value))
		if err != nil {
			r.ps.Take(e.KeyPos, err)
			continue
		}
		o.does = append(o.does, op)
	}
}

func (r *reader) role(name string, at topology.Pos) { r.known("role", name, r.Roles.Keys(), at) }

func (r *reader) objective(name string, at topology.Pos) {
	r.known("objective", name, r.Objectives.Keys(), at)
}

// moment looks up what something waits for.
func (r *reader) moment(m *Moment, timed bool, at topology.Pos) {
	if m == nil {
		return
	}
	if timed {
		r.ps.Add(at, "use after: with when:", "it comes at a time or when something happens, not both")
	}
	r.known("inject", m.Inject, r.Injects.Keys(), m.Pos)
	r.known("decision", m.Decision, r.Decisions.Keys(), m.Pos)
	if d := r.Decisions.Lookup(m.Decision); d != nil {
		r.known("option", m.Option, d.Options.Keys(), m.Pos)
	}
	r.known("workload", m.Down, r.workloads(), m.Pos)
	r.known("workload", m.Up, r.workloads(), m.Pos)
	r.known("timeline entry", m.Fault, r.entries(), m.Pos)
}

func (r *reader) workloads() []string {
	var have []string
	for _, u := range r.sc.Uses {
		have = append(have, u.ID)
	}
	return have
}

func (r *reader) entries() []string {
	var have []string
	for _, e := range r.sc.Timeline {
		have = append(have, e.ID)
	}
	return have
}

// known complains of a name that is none; no name is none to complain of.
func (r *reader) known(what, name string, have []string, at topology.Pos) {
	if name != "" && !slices.Contains(have, name) {
		r.ps.Add(at, yamlfile.Suggest(name, have), "no %s %q", what, name)
	}
}
