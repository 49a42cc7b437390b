package kernel

import "github.com/dcdrill/dcdrill/sim/kernel/box"

// Enter is the first thing that the inside of a box for a kernel world calls: what the box hides of the machine is read
// before, and CapabilitiesVerb is answered from then on.
func Enter() (*box.Stream, error) {
	readGroupLimit()
	s, err := box.Enter()
	if err != nil {
		return nil, err
	}
	s.Handle(CapabilitiesVerb, serveCapabilities)
	return s, nil
}
