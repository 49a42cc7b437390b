// Package prediction is what the model says of a run: what had to come, whether what was measured agrees, and who is to
// blame for it.
//
//	              scenario ── Replay ──> logs at the earliest, middle and latest phase
//	log of a run ──┬── Compare  <───────────┘   where no prediction allows what was measured
//	               └── Explain  <── Replay without one entry after the other
//	                      └──> bounds of each outage, the entries without which it would not be, its shares
//
// It knows no world: whoever calls gives it a Replay. It reads logs and nothing else, and what it finds out for people to
// read goes into the log of the run as events, so that reports can be made of that alone.
package prediction
