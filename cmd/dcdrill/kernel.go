package main

import (
	"context"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel"
)

func (a *app) playKernel(context.Context, *sim.Scenario, *playFlags, func(sim.Event)) (*sim.Log, error) {
	return nil, &kernel.Unavailable{What: "not yet"}
}
