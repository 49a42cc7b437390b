// Package fault is what goes wrong in a data centre, one kind to a file.
//
// A kind is a struct that is its own YAML, registered under the word that a timeline uses for it. It says what goes
// wrong in the verbs of sim.Scope and never how to undo it; ending a fault undoes all its verbs, last one first.
//
//	timeline:
//	  paste: {at: 0s, reboot: core}
//	  fibre: {at: 5m, optic-dead: {target: "core1:Ethernet1/1", shows_at: reboot}}
//
// A fault ends with its `for:`, when somebody heals it, or by itself when it has run its course.
package fault
