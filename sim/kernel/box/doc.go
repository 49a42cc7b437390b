// Package box starts the inside, speaks with it, and ends with it: all that a program needs in order to run a part of itself
// in a kernel, or in namespaces, of its own, without root and without leaving anything behind.
//
//	outside: Start(Options)                 inside: Enter()
//	  Box ── Stream ── Channel  <========>  Channel ── Stream      process 1 of its own namespaces, or of a capsule
//	   ^
//	Control: other commands of this user, through a socket that has no file
//
// A Box is this same program once more: as process 1 of new namespaces, or, with Options.Capsule, as process 1 of a
// User-Mode Linux whose time is virtual. Whatever ends either side, kill -9 included, ends the other and all that is in the
// box. Each Channel of the one Stream is a conversation that begins with a verb; what the verbs mean is up to those who
// handle them. Where this machine cannot hold a box the error is an *Unavailable, which says what helps.
package box
