// Command bench prints the figures that dcdrill promises, measured here and now as
// ratios in one run: building against bare netlink and against Mininet, memory, skew
// of group faults, error of a measured outage, cost of probing.
//
//	go run ./sim/kernel/bench
//	go run ./sim/kernel/bench -only skew
//
// The measuring itself is test code of package kernel, which knows the insides; this
// runs it.
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	args := append([]string{"test", "-count=1", "-timeout=30m", "-run=^TestFigures$", "-v",
		"github.com/dcdrill/dcdrill/sim/kernel", "-figures"}, os.Args[1:]...)
	cmd := exec.Command("go", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
