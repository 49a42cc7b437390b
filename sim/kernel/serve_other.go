//go:build !linux

package kernel

import "github.com/dcdrill/dcdrill/sim"

// Serve does nothing: there is no kernel world here.
func Serve(sim.World, *Stream) {}
