package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func TestTCPStallsAndResumes(t *testing.T) {
	for name, c := range map[string]struct {
		dark  time.Duration
		tcp   TCP
		phase float64
		want  []string
	}{
		"a blip between two echoes": {dark: 90 * time.Millisecond, phase: 0, want: []string{"0s served"}},
		"a blip that hits one":      {dark: 90 * time.Millisecond, phase: 1, want: []string{"0s served", "10s unserved since 10s", "10.42s served"}},
		"a second, luckiest":        {dark: time.Second, phase: 0, want: []string{"0s served", "10.1s unserved since 10s", "11.4s served"}},
		"a second, unluckiest":      {dark: time.Second, phase: 1, want: []string{"0s served", "10s unserved since 10s", "11.68s served"}},
		"six minutes, luckiest":     {dark: 6 * time.Minute, phase: 0, want: []string{"0s served", "10.1s unserved since 10s", "6m10s served"}},
		"six minutes, unluckiest":   {dark: 6 * time.Minute, phase: 1, want: []string{"0s served", "10s unserved since 10s", "7m57.04s served"}},
		"given up, luckiest":        {dark: time.Hour, phase: 0, want: []string{"0s served", "10.1s unserved since 10s", "1h0m10s reconnected", "1h0m10s served"}},
		"given up, unluckiest":      {dark: time.Hour, phase: 1, want: []string{"0s served", "10s unserved since 10s", "1h0m13s reconnected", "1h0m13s served"}},
		"the application gives up":  {dark: 6 * time.Minute, tcp: TCP{Timeout: time.Minute}, phase: 0, want: []string{"0s served", "10.1s unserved since 10s", "6m10s reconnected", "6m10s served"}},
		"and while it waits": {
			dark: 52 * time.Second, tcp: TCP{Timeout: time.Minute}, phase: 0,
			want: []string{"0s served", "10.1s unserved since 10s", "1m2s served"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.tcp.Ends = between
			assert.Equal(t, c.want, simtest.Foresee(t, one(t, &c.tcp), c.phase,
				simtest.Change{At: 10 * time.Second}, simtest.Change{At: 10*time.Second + c.dark, Usable: true}))
		})
	}
}

func TestTCPLosesItsPlaceOnlyOnce(t *testing.T) {
	got := simtest.Foresee(t, one(t, &TCP{Ends: between}), 1,
		simtest.Change{At: 10 * time.Second}, simtest.Change{At: 20 * time.Second, Usable: true},
		simtest.Change{At: 20100 * time.Millisecond}, simtest.Change{At: 40 * time.Second, Usable: true})
	assert.Equal(t, []string{"0s served", "10s unserved since 10s", "1m3.76s served"}, got, "20.1 s is before the repetition at 23.44 s")
}

func TestTCPAfterAPowerLoss(t *testing.T) {
	for end, want := range map[string][]string{
		"hv1": {"0s served", "10s unserved since 10s", "1m13s reconnected", "1m13s served"},
		// with the retransmission at 102.2 s, plus jitter, slack and coarseness
		"hv2": {"0s served", "10s unserved since 10s", "1m57.52s reconnected", "1m57.52s served"},
	} {
		t.Run(end, func(t *testing.T) {
			talk := one(t, &TCP{Ends: between})
			died := talk.Flow().From
			if end == "hv2" {
				died = talk.Flow().To
			}
			require.Equal(t, end, died.ID)
			got := simtest.Foresee(t, deadly{talk, died}, 1,
				simtest.Change{At: 10 * time.Second}, simtest.Change{At: 70 * time.Second, Usable: true})
			assert.Equal(t, want, got)
		})
	}
}

// deadly is a talk one end of which loses power whenever the way goes.
type deadly struct {
	sim.Talk
	died *topology.Node
}

func (d deadly) Predict(v sim.Viewer) sim.Machine { return dying{d.Talk.Predict(v), d.died} }

type dying struct {
	sim.Machine
	died *topology.Node
}

func (d dying) Path(usable bool) {
	if !usable {
		d.Machine.(sim.Mortal).PowerLost(d.died)
	}
	d.Machine.Path(usable)
}

func TestTCPTolerates(t *testing.T) {
	assert.Equal(t, 30*time.Second, (&TCP{}).Tolerates())
}

func TestAConnectionHasOneNetwork(t *testing.T) {
	ends := between
	ends.Networks = []string{"lan", "san"}
	for _, w := range []sim.Workload{&TCP{Ends: ends}, &HTTP{Ends: ends}} {
		_, err := w.Talks(simtest.TwoCore())
		assert.ErrorContains(t, err, "one network")
	}
}

func quick() *TCP {
	return &TCP{Ends: between, Interval: tick}
}

func TestTCPSurvivesACut(t *testing.T) {
	b := measure(t, quick())
	b.up()
	b.Cut()
	b.down()
	b.Mend()
	b.up()
	assert.Zero(t, b.Stats().Reconnects, "the same connection")
}

func TestTCPReconnectsAfterItsTimeout(t *testing.T) {
	w := quick()
	w.Timeout = 50 * time.Millisecond
	b := measure(t, w)
	b.up()
	b.Cut()
	b.down()
	b.Mend()
	b.reconnects()
	b.up()
}

func TestTCPReconnectsAfterAPowerLoss(t *testing.T) {
	for name, place := range map[string]func(*bench) *simtest.Place{
		"of the client": func(b *bench) *simtest.Place { return b.from }, "of the server": func(b *bench) *simtest.Place { return b.to },
	} {
		t.Run(name, func(t *testing.T) {
			b := measure(t, quick())
			b.up()
			place(b).PowerOff()
			b.down()
			place(b).PowerOn()
			b.reconnects()
			b.up()
		})
	}
}

func TestAJumpAgesAConnection(t *testing.T) {
	b := measure(t, quick())
	b.up()
	b.Cut()
	b.down()
	b.from.Jump(giveUp)
	asked := b.Stats().Asked
	require.Eventually(t, func() bool { return b.Stats().Asked > asked+1 }, 30*time.Second, time.Millisecond, "it must see that")
	b.Mend()
	b.reconnects()
	b.up()
}

func TestTCPIsNotSureUntilTheLatestRetransmission(t *testing.T) {
	for _, phase := range []float64{0, 1} {
		var sure []bool
		simtest.Foresee(t, watched{one(t, &TCP{Ends: between}), &sure}, phase,
			simtest.Change{At: 10 * time.Second}, simtest.Change{At: 70 * time.Second, Usable: true})
		assert.Equal(t, []bool{true, true, false, false, true}, sure, "phase %g", phase)
	}
}

// watched asks a talk's machine at some moments whether it is sure.
type watched struct {
	sim.Talk
	sure *[]bool
}

func (w watched) Predict(v sim.Viewer) sim.Machine {
	m := w.Talk.Predict(v)
	for _, at := range []time.Duration{5, 15, 71, 117, 118} {
		v.After(at*time.Second, func() { *w.sure = append(*w.sure, m.(sim.Doubtful).Sure()) })
	}
	return m
}
