// Package drill is the room in which people practise an incident: a facilitator who knows the truth, a table that does
// not, and a plant that behaves as it would.
//
//	scenario's drill: ──> Script ──> printed hand-outs (manual, injects, brief, guide)
//	                         │
//	commands ──> Room ───────┴──> Run (the plant, in the model or for real)
//	   ▲          │                 │
//	facilitator   └── log <─────────┘ ──> what each role may see ──> after-action report
//
// Time is the facilitator's: it stands until somebody lets it go on, and never jumps unasked. Everything that is done in
// the room is a command, written into the log as it was given, so that a log is enough to go on where a drill was left.
package drill
