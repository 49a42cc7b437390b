package kernel

import (
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// CapabilitiesVerb asks the inside for all that Capabilities lists beyond the box itself; Enter answers it.
const CapabilitiesVerb = "capabilities"

// Capabilities tries out what this machine has for the kernel world, or a capsule in it, in a box of its own that is gone
// afterwards. Where not even a box stands, the error is an *Unavailable.
func Capabilities(o box.Options) ([]sim.Capability, error) {
	b, err := box.Start(o)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	all := []sim.Capability{b.Capability()}
	var more []sim.Capability
	if err := b.Stream.Call(CapabilitiesVerb, nil, &more); err != nil {
		return nil, err
	}
	return append(all, more...), nil
}
