package scenarios

import (
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// checks reads the question and the expectations.
func (l *loader) checks(f file, sc *sim.Scenario) {
	ids := useIDs(sc)
	for _, e := range l.entries(f.MustSurvive, "must_survive") {
		l.mustSurvive(e, sc, ids)
	}
	if f.MustSurvive.Kind() == yamlfile.Null {
		for _, u := range sc.Uses {
			sc.MustSurvive = append(sc.MustSurvive, l.survives(u.ID, u.Pos, nil, sc))
		}
	}
	for _, e := range l.entries(f.Expect, "expect") {
		if c := l.expectation(e, sc, ids); c != nil {
			sc.Expect = append(sc.Expect, c)
		}
	}
}

// useIDs lists the workloads that can be spoken of: those of the plant, whether this version can play them or not.
func useIDs(sc *sim.Scenario) []string {
	var ids []string
	known := map[string]bool{}
	add := func(id string) {
		if !known[id] {
			known[id] = true
			ids = append(ids, id)
		}
	}
	if sc.Plant != nil {
		for _, e := range sc.Plant.Workloads {
			add(e.ID)
		}
	}
	for _, u := range sc.Uses {
		add(u.ID)
	}
	return ids
}

func (l *loader) mustSurvive(e yamlfile.Entry, sc *sim.Scenario, ids []string) {
	id := e.Key
	if e.Value.Kind() == yamlfile.Scalar { // a list of names
		id, e.Value = e.Value.Text(), nil
	}
	switch {
	case sc.Plant == nil:
	case !slices.Contains(ids, id):
		l.ps.Add(e.KeyPos, yamlfile.Suggest(id, ids), "no workload %q", id)
	case used(sc, id):
		if c := l.survives(id, e.KeyPos, e.Value, sc); c != nil {
			sc.MustSurvive = append(sc.MustSurvive, c)
		}
	}
}

// used says whether a workload is one that this version plays.
func used(sc *sim.Scenario, id string) bool {
	return slices.ContainsFunc(sc.Uses, func(u *sim.Use) bool { return u.ID == id })
}

func (l *loader) survives(id string, at yamlfile.Pos, bounds *yamlfile.Node, sc *sim.Scenario) *sim.NamedCheck {
	return l.check("survives", id, at, of(id, bounds), sc)
}

// of writes bounds about a workload as the check's own entry.
func of(workload string, bounds *yamlfile.Node) *yamlfile.Node {
	w := yamlfile.NewMap(yamlfile.Entry{Key: "workload", Value: yamlfile.NewScalar(workload)})
	if bounds.Kind() == yamlfile.Null {
		return w
	}
	return yamlfile.Merge(bounds, w)
}

// expectation reads {hosted: {outage: ">= 8h"}} or {skew: {at_most: 1ms}}.
func (l *loader) expectation(e yamlfile.Entry, sc *sim.Scenario, ids []string) *sim.NamedCheck {
	if e.Value.Kind() != yamlfile.Map {
		l.ps.Add(e.KeyPos, `write it as {web: {outage: "<= 30s"}}`, "an expectation is a map with a check or a workload in it")
		return nil
	}
	if w := e.Value.Lookup("milestone"); w.Kind() == yamlfile.Scalar {
		return l.check("milestone", e.Key, e.KeyPos, e.Value.Without("id"), sc)
	}
	entries := e.Value.Without("id", "from", "to").Entries()
	if len(entries) != 1 {
		l.ps.Add(e.KeyPos, "give each an entry of its own", "an expectation holds one check, this one holds %s", orNothing(e.Value.Keys()))
		return nil
	}
	word := entries[0]
	if _, registered := sim.Checks.Lookup(word.Key); registered {
		return l.check(word.Key, e.Key, e.KeyPos, word.Value, sc)
	}
	if !slices.Contains(ids, word.Key) {
		if sc.Plant != nil {
			l.ps.Add(word.KeyPos, suggest(word.Key, slices.Concat(ids, sim.Checks.Names()), "checks"), "no check and no workload called %q", word.Key)
		}
		return nil
	}
	if word.Value.Kind() != yamlfile.Map {
		l.ps.Add(word.KeyPos, `such as {outage: "<= 30s"}`, "what is expected of %s?", word.Key)
		return nil
	}
	if !used(sc, word.Key) {
		return nil
	}
	kind, bounds := "outage", word.Value
	if len(entries) < len(e.Value.Without("id").Entries()) || bounds.Lookup("ping") != nil || bounds.Lookup("write") != nil {
		kind, bounds = "during", yamlfile.Merge(bounds, e.Value.Without("id", word.Key))
	}
	return l.check(kind, e.Key, e.KeyPos, of(word.Key, bounds), sc)
}

func orNothing(keys []string) string {
	if len(keys) == 0 {
		return "nothing"
	}
	return strings.Join(keys, ", ")
}

// check decodes one check and has it look up its names; nil when either fails.
func (l *loader) check(kind, id string, at yamlfile.Pos, n *yamlfile.Node, sc *sim.Scenario) *sim.NamedCheck {
	k, ok := sim.Checks.Lookup(kind)
	if !ok {
		l.ps.Add(at, "", "this program was built without the check %q", kind)
		return nil
	}
	check := k.New()
	var ps yamlfile.Problems
	yamlfile.Decode(n, check, &ps)
	if resolver, some := check.(sim.Resolver); some && len(ps) == 0 && sc.Plant != nil {
		take(&ps, n, resolver.Resolve(sc))
	}
	// What was made up for the check has no place of its own.
	for i := range ps {
		if ps[i].Pos.Line == 0 {
			ps[i].Pos, ps[i].Line = at, at.Source()
		}
	}
	l.ps = append(l.ps, ps...)
	if len(ps) > 0 {
		return nil
	}
	return &sim.NamedCheck{ID: id, Workload: n.Lookup("workload").Text(), Check: check, Pos: at}
}
