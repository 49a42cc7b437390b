// Package sim is the vocabulary of a drill: faults, worlds, workloads, checks,
// and the one loop that plays a scenario.
//
//	scenario ──> Loop ──> Fault ──> Scope ──> Hardware ──> World
//	                │     "reboot"  effects,   power,       kernel: real packets
//	                │                undo      optics,      model:  virtual time
//	                │                          boots
//	                └── Log <── what happened, with its cause <──┘
//
// A fault says what goes wrong in words of the field (Scope). Hardware works out
// what that means for each port and node, and tells the world levels: this
// carrier is up, that node is at this stage. A world makes levels true and says
// what its workloads see of it. Everything that happens is an Event in the Log;
// checks, verdicts and reports read nothing else.
package sim
