package scenarios

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/recovery"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// OnCall are the people where nobody says who comes: two at all hours, who can do everything, and a spare part of any
// model four hours after its order, as service contracts promise. Chosen; service times are the defaults.
const OnCall = "on-call"

const (
	onCallPeople = 2
	onCallLead   = 4 * time.Hour
)

// people lists what is to be borrowed of another scenario.
func (o Options) people() ([]yamlfile.Entry, error) {
	if o.People == "" || o.People == OnCall {
		return nil, nil
	}
	root, err := rootOf(o.People)
	if err != nil {
		return nil, err
	}
	keys := append(yamlfile.Keys(recovery.Plan{}), "start", "zone")
	borrowed := slices.DeleteFunc(slices.Clone(root.Entries()), func(e yamlfile.Entry) bool { return !slices.Contains(keys, e.Key) })
	if root.Lookup("teams") == nil {
		var ps yamlfile.Problems
		ps.Add(root.Pos(), "such as teams: {noc: {people: 4}}", "nobody would come: %s has no teams", o.People)
		return nil, ps.Err()
	}
	return borrowed, nil
}

// onCall fills in who comes where that is asked for without saying who.
func (l *loader) onCall(f *file, sc *sim.Scenario) {
	if l.opts.People != OnCall || sc.Plant == nil {
		return
	}
	f.Teams = yamlfile.Ordered[recovery.Team]{{Key: OnCall, Value: recovery.Team{People: onCallPeople}}}
	for _, link := range sc.Plant.Links {
		for _, end := range link.Ends() {
			if end.Optic != nil && f.Parts.Lookup(end.Optic.Model) == nil {
				lead := recovery.Time{Median: onCallLead}
				f.Parts = append(f.Parts, yamlfile.Item[recovery.Part]{Key: end.Optic.Model, Value: recovery.Part{Lead: &lead}})
			}
		}
	}
}

// OnCallWords says who OnCall are.
func OnCallWords() string {
	return fmt.Sprintf("%d people on call, and parts after %g hours", onCallPeople, onCallLead.Hours())
}
