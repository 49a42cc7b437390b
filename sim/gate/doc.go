// Package gate decides whether a plant may go in: it looks for mistakes, asks of the plant what a policy asks of it, and
// holds it against the plant as it was.
//
//	plant ──┬─ rules ───────── both members of a bond on one switch
//	policy ─┼─ sweep ───────── one failure cuts storage, which must survive any one
//	        ├─ drills ──────── a scenario that must hold does not
//	        └─ accept ──────── known, by whom, until when
//	base ───── compare ─────── what of it is new, worse, better, gone
//
// A rule is one file that registers itself: an ID, a line about it, how bad it is, and what looks for it in a Case.
package gate
