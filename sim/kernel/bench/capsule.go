package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/kernel/capsule"
)

// virtual are scenarios that last: what they take in a capsule is worth knowing.
var virtual = []struct{ scenario, lasts string }{
	{"stp-ring-cut", "a ring of bridges at standard timers"},
	{"tcp-gives-up", "a quarter of an hour of TCP's timers"},
	{"conduit-cut", "five hours of a cut duct"},
	{"sconet-2023", "fifteen hours with 300 virtual machines"},
}

// program is what make bench has built.
const program = "bin/dcdrill"

// capsules prints how long a capsule takes to boot and to play: real time, until it stands or its report is there.
func capsules() {
	found, err := capsule.Find()
	if err != nil {
		fmt.Println("capsule: left out:", err)
		return
	}
	timed("boot", func() error {
		b, err := box.Start(box.Options{Args: []string{insideArg}, Capsule: found.Path})
		if err != nil {
			return err
		}
		return b.Close()
	})
	for _, v := range virtual {
		timed(v.scenario+", "+v.lasts, func() error {
			out, err := exec.Command(program, "run", v.scenario, "--world", "capsule").CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w\n%s", err, out)
			}
			return err
		})
	}
}

// timed prints how long something takes.
func timed(what string, do func() error) {
	start := time.Now()
	if err := do(); err != nil {
		fmt.Fprintf(os.Stderr, "bench: capsule: %s: %v\n", what, err)
		os.Exit(1)
	}
	fmt.Printf("capsule: %-60s %7.2f s\n", what, time.Since(start).Seconds())
}

// insideArg makes this program what runs in a capsule.
const insideArg = "inside"

// inside waits in a capsule for its end.
func inside() {
	s, err := box.Enter()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	s.Serve(context.Background())
}
