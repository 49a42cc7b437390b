// Command bench prints the figures that dcdrill promises, measured here and now as
// ratios in one run: building against bare netlink and against Mininet, memory, skew
// of group faults, error of a measured outage and of a measured stall, cost of probing,
// of virtual machines and of what they serve; block storage against nbdcopy with
// qemu-nbd; and what capsules take.
//
//	go run ./sim/kernel/bench
//	go run ./sim/kernel/bench -only skew
//	go run ./sim/kernel/bench -only blocks
//	go run ./sim/kernel/bench -only capsule
//
// The measuring itself is test code of packages kernel and blockdev, which know the
// insides; this runs it.
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	only := ""
	switch args := os.Args[1:]; {
	case len(args) == 1 && args[0] == insideArg:
		inside()
		return
	case len(args) == 2 && args[0] == "-only":
		only = args[1]
	}
	if only != "blocks" && only != "capsule" {
		run(append([]string{"test", "-count=1", "-timeout=30m", "-run=^TestFigures$", "-v",
			"github.com/dcdrill/dcdrill/sim/kernel", "-figures"}, os.Args[1:]...)...)
	}
	if only == "blocks" || only == "" {
		run("test", "-count=1", "-run=^$", "-bench=^BenchmarkCopy$", "-benchtime=3x", "github.com/dcdrill/dcdrill/sim/blockdev")
	}
	if only == "capsule" || only == "" {
		capsules()
	}
}

// run has Go do something.
func run(args ...string) {
	cmd := exec.Command("go", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
