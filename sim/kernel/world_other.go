//go:build !linux

package kernel

import (
	"context"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// Open says that this is not Linux.
func (Engine) Open(context.Context, sim.RunClock, sim.Env) (sim.World, error) {
	return nil, box.NotLinux
}
