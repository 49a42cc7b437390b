package workload

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func TestEveryKind(t *testing.T) { simtest.Kinds(t, sim.Workloads) }

// Whatever the kind: it names its way, its users mind something, and its law comes to rest with the user served, no
// later at an earlier phase.
func TestEveryLaw(t *testing.T) {
	for _, k := range sim.Workloads.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			w := k.New()
			text, plant, to := "{from: hv1, to: hv2}", simtest.TwoCore(), "hv2"
			if k.Name == "vm" {
				text, plant, to = "{on: hv1, disk: ds1, guest: {timeout: never}}", vmPlant(t), "array1"
			}
			decode(t, text, w)
			talks, err := w.Talks(plant)
			if v, ok := w.(Visitor); ok && err != nil {
				talks, err = v.Visit(vmPlant(t), "clients", host(t, "{on: hv2, disk: ds1, service: "+k.Name+"}"))
			}
			require.NoError(t, err)
			talk := talks[0]
			require.Equal(t, "hv1", talk.Flow().From.ID)
			require.Equal(t, to, talk.Flow().To.ID)
			require.Positive(t, w.Tolerates())
			for _, dark := range []time.Duration{time.Second, 10 * time.Second, 6 * time.Minute, time.Hour} {
				var last time.Duration
				for _, phase := range []float64{0, 0.25, 0.5, 0.75, 1} {
					said := simtest.Foresee(t, talk, phase, simtest.Change{At: time.Minute}, simtest.Change{At: time.Minute + dark, Usable: true})
					at, what, _ := strings.Cut(said[len(said)-1], " ")
					require.Equal(t, "served", what)
					back, err := time.ParseDuration(at)
					require.NoError(t, err)
					require.GreaterOrEqual(t, back, last, "phase %g of %s: %s", phase, dark, said)
					last = back
				}
			}
		})
	}
}

func decode(t *testing.T, text string, w sim.Workload) {
	t.Helper()
	node, err := yamlfile.Parse("test.yaml", []byte(text))
	require.NoError(t, err)
	var ps yamlfile.Problems
	yamlfile.Decode(node, w, &ps)
	require.Empty(t, ps)
}

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
	b := &bench{Meter: simtest.NewMeter(), t: t}
	b.Wire, b.from, b.to = simtest.NewWire()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	talk := one(t, w)
	go func() { done <- talk.Measure(ctx, b.from, b.to, b) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return b
}

// up waits until the member is served, down until it is not.
func (b *bench) up()   { b.t.Helper(); b.Await(b.t, true) }
func (b *bench) down() { b.t.Helper(); b.Await(b.t, false) }

// reconnects waits until the connection was made anew.
func (b *bench) reconnects() {
	b.t.Helper()
	require.Eventually(b.t, func() bool { return b.Stats().Reconnects > 0 }, 30*time.Second, time.Millisecond)
}

// tick is the beat of these talks: slow enough for a loaded machine under the race detector.
const tick = 5 * time.Millisecond
