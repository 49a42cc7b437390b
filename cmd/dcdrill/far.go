package main

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim/report"
)

// howFar tells on standard error how far a long piece of work is and how much longer it will take, where it takes longer
// than a blink: every two seconds at first, then the more seldom the longer it goes on. The work may be several kinds of
// steps, one after the other.
func (a *app) howFar() func(what string, done, of int) {
	const between = 2 * time.Second
	var now string
	var began, next time.Time
	return func(what string, done, of int) {
		t := time.Now()
		if what != now {
			now, began, next = what, t, t.Add(between)
		}
		if t.After(next) {
			next = t.Add(max(between, t.Sub(began)/5))
			left := time.Duration(float64(t.Sub(began)) / float64(done) * float64(of-done))
			fmt.Fprintf(a.Stderr, "%d of %d %s, %s left\n", done, of, what, report.Duration(left.Round(time.Second)))
		}
	}
}
