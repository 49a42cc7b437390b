package scenarios

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/recovery"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// recovery reads who comes when something goes wrong. Without teams nobody does.
func (l *loader) recovery(f *file, root *yamlfile.Node, sc *sim.Scenario) {
	f.Plan.Check(sc, &l.ps)
	if len(f.Teams) > 0 {
		plan := f.Plan
		sc.Recovery = &plan
		return
	}
	for _, key := range yamlfile.Keys(recovery.Plan{}) {
		if n := root.Lookup(key); n != nil {
			l.ps.Add(n.Pos(), "such as teams: {noc: {people: 4}}", "%s is for people, and there are no teams", key)
			return
		}
	}
}

// checkPolicy complains of a policy of change control that lies over nothing.
func (l *loader) checkPolicy(timeline, policy *yamlfile.Node) {
	isChange := func(e yamlfile.Entry) bool { return slices.Contains(e.Value.Keys(), changes) }
	if policy.Kind() == yamlfile.Map && timeline.Kind() == yamlfile.Map && !slices.ContainsFunc(timeline.Entries(), isChange) {
		l.ps.Add(policy.Pos(), "", "change is a policy for entries with %s, and the timeline has none", changes)
	}
}

// policed lays the policy of change control over every change of a timeline.
func policed(timeline, policy *yamlfile.Node) *yamlfile.Node {
	if policy.Kind() != yamlfile.Map {
		return timeline
	}
	patched := timeline
	for _, e := range timeline.Entries() {
		if slices.Contains(e.Value.Keys(), changes) {
			patched = yamlfile.Merge(patched, yamlfile.NewMap(yamlfile.Entry{Key: e.Key, Value: yamlfile.NewMap(yamlfile.Entry{Key: changes, Value: policy})}))
		}
	}
	return patched
}

// changes is the kind of fault that change control is about.
const changes = "config-push"
