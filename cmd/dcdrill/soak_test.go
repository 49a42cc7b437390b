package main

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
)

var soak = flag.Int("soak", 0, "how often TestSoak plays every built-in scenario in the kernel world")

// quick are the built-in scenarios that are done within seconds and between them use every kind of fault's effect: a part
// for every change. TestSoak plays all.
var quick = []string{
	"core-pair-reboot", "conduit-cut", "feed-a-lost", "optics-both-dead", "flapping-uplink", "spine-lost",
	"storage-both-paths-lost", "voip-unharmed",
}

// TestKernelLibrary plays a part of the library on real packets: the expectations are true in both worlds.
func TestKernelLibrary(t *testing.T) {
	needKernel(t)
	for _, name := range quick {
		if testing.Short() && name != quick[1] {
			continue
		}
		t.Run(name, func(t *testing.T) { asAsked(t, "run", name, "--world", "kernel") })
	}
}

// TestSoak plays every built-in scenario and variant again and again, and verifies each.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("make soak plays it")
	}
	needKernel(t)
	for _, name := range scenarios.Names() {
		variants, err := scenarios.Variants(name)
		require.NoError(t, err)
		for _, variant := range slices.Concat([]string{""}, variants) {
			for i := range *soak {
				t.Run(fmt.Sprintf("%s+%s/%d", name, variant, i+1), func(t *testing.T) {
					needDaemonsOf(t, name)
					asAsked(t, "run", name, "--variant", variant) // in the capsule, where this kernel lacks what it takes
				})
			}
			t.Run(fmt.Sprintf("%s+%s/verify", name, variant), func(t *testing.T) {
				needDaemonsOf(t, name)
				asAsked(t, "verify", name, "--variant", variant)
			})
		}
	}
}

// TestSoakRandom verifies incidents that nobody thought of; the first disagreement is shown in its smallest form.
func TestSoakRandom(t *testing.T) {
	if *soak == 0 {
		t.Skip("make soak plays it")
	}
	needKernel(t)
	asAsked(t, "verify", "--random", "200")
}
