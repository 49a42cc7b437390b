package check

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// resolve looks whether a workload and the author of a fault are there; cause may be empty.
func resolve(sc *sim.Scenario, workload, cause string) error {
	if !sc.Knows(workload) {
		var workloads []string
		for _, u := range sc.Uses {
			workloads = append(workloads, u.ID)
		}
		return topology.NewUnknown("workload", workload, workloads)
	}
	if cause == "" {
		return nil
	}
	var causes []string
	for _, e := range sc.Timeline {
		causes = append(causes, e.ID)
		if e.By != "" {
			causes = append(causes, e.By)
		}
	}
	if sc.Recovery != nil {
		causes = append(causes, sc.Recovery.Names()...)
	}
	return named("timeline entry or person", cause, causes)
}

// resolveEntry looks whether a timeline entry is there.
func resolveEntry(sc *sim.Scenario, id string) error {
	var entries []string
	for _, e := range sc.Timeline {
		entries = append(entries, e.ID)
	}
	return named("timeline entry", id, entries)
}

func named(what, name string, known []string) error {
	if slices.Contains(known, name) {
		return nil
	}
	return topology.NewUnknown(what, name, known)
}
