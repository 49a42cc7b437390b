package main

import (
	"sync"

	"github.com/dcdrill/dcdrill/sim/kernel"
)

// kernelHere says whether this machine can hold a kernel world.
var kernelHere = sync.OnceValue(func() bool {
	box, err := kernel.StartBox(kernel.BoxOptions{Args: []string{"inside"}})
	if err != nil {
		return false
	}
	return box.Close() == nil
})
