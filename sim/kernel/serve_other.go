//go:build !linux

package kernel

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// Serve does nothing: there is no kernel world here.
func Serve(sim.World, *box.Stream) {}
