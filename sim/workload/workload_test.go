package workload

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func TestEveryKind(t *testing.T) { simtest.Kinds(t, sim.Workloads) }

// one gives the first talk of a workload between hv1 and hv2.
func one(t *testing.T, w sim.Workload) sim.Talk {
	t.Helper()
	talks, err := w.Talks(simtest.TwoCore())
	require.NoError(t, err)
	require.NotEmpty(t, talks)
	return talks[0]
}

var between = Ends{From: topology.Target{"hv1"}, To: topology.Target{"hv2"}}

// bench is a talk being measured over a wire that can be cut.
type bench struct {
	*simtest.Meter
	*simtest.Wire
	from, to *simtest.Place
	t        *testing.T
}

// measure runs a talk until the test ends, and then demands that it ends well.
func measure(t *testing.T, w sim.Workload) *bench {
	t.Helper()
	b := &bench{Meter: &simtest.Meter{}, t: t}
	b.Wire, b.from, b.to = simtest.NewWire()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	talk := one(t, w)
	go func() { done <- talk.Measure(ctx, b.from, b.to, b) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.Zero(t, b.Tally().Wrong, "requests that ended twice or were never asked")
	})
	return b
}

// answers waits for some more answers.
func (b *bench) answers(n int) {
	b.t.Helper()
	had := b.Tally().Answered
	b.Wait(b.t, func(y simtest.Tally) bool { return y.Answered >= had+n }, "answers")
}

// failures waits for some more failures.
func (b *bench) failures(n int) {
	b.t.Helper()
	had := b.Tally().Failed
	b.Wait(b.t, func(y simtest.Tally) bool { return y.Failed >= had+n }, "failures")
}

const (
	tick  = 2 * time.Millisecond
	short = 20 * time.Millisecond
)
