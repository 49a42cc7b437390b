// Package check is what must be true of a run, one kind to a file.
//
// A check reads the log alone, so that a log from another machine can be judged again. What it needs and does not find
// there makes it inconclusive, never passed.
//
//	expect:
//	  dark-while-booting: {outage: {workload: mail, outage: ">= 6m"}}
//	  two-blips:          {outage: {workload: calls, outages: 2, caused_by: noc}}
//
// Measured values are known within a resolution. A check passes when every value within it would, fails when none
// would, and is inconclusive between: 30.001 s give or take 10 ms is neither within "<= 30s" nor beyond.
package check
