package main

import (
	"os"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// scriptPatience is how long a script waits for what must come: a plant stands within seconds even on a loaded machine.
const scriptPatience = 60 * time.Second

// await waits until something is so.
func await(ts *testscript.TestScript, what string, so func() bool) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(scriptPatience)
	for !so() {
		select {
		case <-tick.C:
		case <-late:
			ts.Fatalf("%s: not within %s", what, scriptPatience)
		}
	}
}

// standing waits until a run can be spoken to and its plant stands: `standing NAME`.
func standing(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, "run "+args[0], func() bool {
		all, err := box.Controls()
		if err != nil || !slices.Contains(all, box.Control{Name: args[0]}) {
			return false
		}
		// It answers once it has a steady state; there is nothing called so to heal.
		err = box.Control{Name: args[0]}.Call(healVerb, "nothing-of-that-name", nil)
		return err != nil && err.Error() == "heal: heal nothing-of-that-name: nothing of that name is going on"
	})
}

// captured waits until a capture has packets: `captured FILE`.
func captured(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, "capture "+args[0], func() bool {
		info, err := os.Stat(ts.MkAbs(args[0]))
		return err == nil && info.Size() > 1000
	})
}
