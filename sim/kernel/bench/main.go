// Command bench prints the figures that dcdrill promises, measured here and now as
// ratios in one run: building against bare netlink and against Mininet, memory, skew
// of group faults, error of a measured outage, cost of probing and of virtual machines;
// and block storage against nbdcopy with qemu-nbd.
//
//	go run ./sim/kernel/bench
//	go run ./sim/kernel/bench -only skew
//	go run ./sim/kernel/bench -only blocks
//
// The measuring itself is test code of packages kernel and blockdev, which know the
// insides; this runs it.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
)

func main() {
	blocks := slices.Equal(os.Args[1:], []string{"-only", "blocks"})
	if !blocks {
		run(append([]string{"test", "-count=1", "-timeout=30m", "-run=^TestFigures$", "-v",
			"github.com/dcdrill/dcdrill/sim/kernel", "-figures"}, os.Args[1:]...)...)
	}
	if blocks || len(os.Args) == 1 {
		run("test", "-count=1", "-run=^$", "-bench=^BenchmarkCopy$", "-benchtime=3x", "github.com/dcdrill/dcdrill/sim/blockdev")
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
