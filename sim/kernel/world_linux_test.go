package kernel

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	_ "github.com/dcdrill/dcdrill/sim/check"
	_ "github.com/dcdrill/dcdrill/sim/fault"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

// A drill on real packets ends as its scenario says, with everything seen to take effect, and in a fraction of its time.
func TestKernelPlaysADrill(t *testing.T) {
	for _, name := range []string{"conduit-cut", "spine-lost"} {
		t.Run(name, func(t *testing.T) {
			sc, err := scenarios.Load(name, scenarios.Options{})
			require.NoError(t, err)
			begun := time.Now()
			log, err := sim.Play(context.Background(), Engine{}, sc, sim.Options{})
			require.NoError(t, err)
			starved, judged := false, 0
			for _, e := range log.Events() {
				switch d := e.Data.(type) {
				case sim.StarvedData:
					starved = true
				case sim.UnprovenData:
					t.Errorf("%s: %s", e.Subject, d.Missing)
				case sim.DisagreeData:
					t.Errorf("%s: predicted %s, measured %s", e.Subject, d.Predicted, d.Measured)
				case sim.VerdictData:
					if d.Part == "expect" && !starved {
						judged++
						require.Equal(t, sim.Passed, d.Outcome, "%s: want %s, got %s", e.Subject, d.Want, d.Got)
					}
				}
			}
			if !starved {
				require.Equal(t, len(sc.Expect), judged)
				require.Less(t, time.Since(begun), log.Events()[len(log.Events())-1].At)
			}
		})
	}
}

func TestKernelRefusesWhatItCannotDo(t *testing.T) {
	if nativeBonding() {
		t.Skip("this kernel has LACP")
	}
	p := twoCore()
	p.Node("hv1").Bonds[0].Mode = topology.LACP
	clock := Engine{}.Clock()
	_, err := Engine{}.Open(context.Background(), clock, sim.Env{Plant: p, Loop: sim.NewLoop(clock), Log: sim.NewLog(clock.Now, nil)})
	require.ErrorIs(t, err, sim.ErrUnsupported)
	var u *box.Unavailable
	require.ErrorAs(t, err, &u)
	require.Contains(t, u.Remedy, "active-backup")
}

// A jump of the clock makes nodes forget what they would have forgotten, and they find it again.
func TestKernelForgetsOverAJump(t *testing.T) {
	p := twoCore()
	c := standing(t, p)
	hv1, hv2 := p.Node("hv1"), p.Node("hv2")
	reaches(t, c.fabric, hv1, hv2.Interfaces[0].Addr.Addr())
	known, err := c.netns(hv1).neighbours()
	require.NoError(t, err)
	require.NotEmpty(t, known)
	require.NoError(t, c.forget(true))
	known, err = c.netns(hv1).neighbours()
	require.NoError(t, err)
	require.Empty(t, known)
	macs, err := c.netns(p.Node("core1")).learnt(c.bridges[bridgeKey{p.Node("core1"), p.Network("lan")}].index, 0)
	require.NoError(t, err)
	require.Empty(t, macs)
	reaches(t, c.fabric, hv1, hv2.Interfaces[0].Addr.Addr())
}

// A world that was never started, or whose members never end, closes all the same, and twice does no harm.
func TestKernelWorldCloses(t *testing.T) {
	p := twoCore()
	clock := Engine{}.Clock()
	w, err := Engine{}.Open(context.Background(), clock, sim.Env{Plant: p, Loop: sim.NewLoop(clock), Log: sim.NewLog(clock.Now, nil)})
	require.NoError(t, err)
	require.NoError(t, w.Stop())
	require.NoError(t, w.Close())
	require.NoError(t, w.Close())
}

// Nothing jumps while an outage has been found that is not in the log yet: it would be written down after the jump, and
// what waits for it (when: {down: web}) would begin hours late.
func TestKernelWritesDownWhatItFoundBeforeItJumps(t *testing.T) {
	web := &sim.Use{ID: "web", Members: make([]*sim.Member, 1)}
	l := &life{member: &sim.Member{Workload: web}, tracker: sim.NewTracker(time.Second, func() {})}
	l.tracker.Asked(1, 0)
	l.tracker.Answered(1, 0)
	require.Contains(t, (&World{}).unsettled(l, 0), "web is not in the log yet")
	l.tracker.Take()
	require.False(t, l.tracker.Untold())
	l.tracker.Asked(2, time.Second)
	l.tracker.Expire(time.Minute)
	require.False(t, l.tracker.Served())
	require.Contains(t, (&World{}).unsettled(l, time.Minute), "web is not in the log yet")
}
