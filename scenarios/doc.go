// Package scenarios is the language in which people write down an incident, and the library of those built in.
//
//	name: both-cores
//	story: Both core switches reboot together.
//	topology: houston.yaml             # a file, a built-in name, or the plant itself
//	timeline:
//	  paste: {at: 0s, reboot: core}    # the kind of the fault is the key, its target the value
//	  blip:  {when: {up: core1}, after: 10s, link-down: "edge2:in1", for: 20s}
//	must_survive:                      # the question; by default every workload
//	  calls: {outage: "<= 60s"}
//	expect:                            # the incident as it was; decides the exit code
//	  dark: {hosted: {outage: ">= 6m"}}
//
// A plant that differs from another in a few points is {base: houston.yaml, ...} with the points patched over it
// (RFC 7396), as a variant is patched over its scenario.
//
// Load turns such a file and the topology it names into a sim.Scenario with
// nothing left to look up, or says everything that is wrong with both, each with
// its place in the file. Kinds of faults, workloads and checks come from the
// registries of package sim.
package scenarios
