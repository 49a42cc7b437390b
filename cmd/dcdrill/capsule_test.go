package main

import (
	"testing"

	"github.com/dcdrill/dcdrill/sim/kernel/capsule"
)

// needCapsule leaves a test out, and says so, where no capsule has been built: it takes minutes and a compiler.
func needCapsule(t *testing.T) {
	t.Helper()
	if !capsuleHere() {
		t.Skip("NOT TESTED: there is no capsule here; make capsule builds it, once")
	}
}

func capsuleHere() bool {
	_, err := capsule.Find()
	return err == nil
}

// inCapsule are built-in scenarios that between them rest for hours, wait for TCP, turn native bonds and grow spanning trees.
var inCapsule = []string{"core-pair-reboot", "conduit-cut", "flapping-uplink", "spine-lost", "stp-ring-cut", "tcp-gives-up"}

// TestCapsuleVerifies plays a part of the library in virtual time: as expected, and as predicted.
func TestCapsuleVerifies(t *testing.T) {
	needCapsule(t)
	for _, name := range inCapsule {
		if testing.Short() && name != inCapsule[1] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			asAsked(t, "run", name, "--world", "capsule")
			asAsked(t, "verify", name, "--world", "capsule")
		})
	}
}
