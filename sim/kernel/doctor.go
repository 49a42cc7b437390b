package kernel

import "github.com/dcdrill/dcdrill/sim"

// CapabilitiesVerb asks the inside for all that Capabilities lists beyond the box itself; Enter answers it.
const CapabilitiesVerb = "capabilities"

// Capabilities tries out what this machine has for the kernel world, in a box of its own that is gone afterwards. Args
// are the command line of the inside, as for StartBox. Where not even a box stands, the error is an *Unavailable.
func Capabilities(args ...string) ([]sim.Capability, error) {
	b, err := StartBox(BoxOptions{Args: args})
	if err != nil {
		return nil, err
	}
	defer b.Close()
	all := []sim.Capability{b.capability()}
	var more []sim.Capability
	if err := b.Stream.Call(CapabilitiesVerb, nil, &more); err != nil {
		return nil, err
	}
	return append(all, more...), nil
}
