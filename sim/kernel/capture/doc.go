// Package capture writes what goes over links into pcapng files: each end is an interface of the file, so a frame that got
// through is there twice, and one that was lost on the way once.
//
//	outside: Run ── Verb over a box's stream ──> inside: Serve ── a packet socket at each Tap
//	   w  <──────────── the file, as Output frames ────┘
//
// It knows neither worlds nor plants: who serves it finds the taps of a link. How much was lost for want of a fast enough
// reader is in the file.
package capture
