package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
)

// Orders to virtual machines have those asked again that they are for. With others that ask once a second, waiting for
// them all would take a second for each order.
func TestOrdersToVirtualMachinesWaitForNobodyElse(t *testing.T) {
	sc, err := scenarios.Load("storage-both-paths-lost", scenarios.Options{})
	require.NoError(t, err)
	engine := Engine{}
	clock := engine.Clock()
	env := sim.Env{Plant: sc.Plant, Loop: sim.NewLoop(clock), Log: sim.NewLog(clock.Now, nil)}
	opened, err := engine.Open(t.Context(), clock, env)
	require.NoError(t, err)
	defer opened.Close()
	w := opened.(*World)
	var guest *sim.Member
	for _, u := range sc.Uses {
		for _, m := range append(u.Members, u.Watches...) {
			require.NoError(t, w.Start(m))
			if _, ok := m.Talk.(sim.Resident); ok {
				guest = m
			}
		}
	}
	play := func(d time.Duration) {
		over := false
		env.Loop.After(d, func() { over = true })
		require.NoError(t, env.Loop.Run(t.Context(), sim.Never, func() bool { return over }))
	}
	play(3 * time.Second)
	clock.Zero()
	const rounds = 10
	real := time.Now()
	for range rounds {
		for _, on := range []bool{false, true} {
			l := sim.GuestPower{Guest: guest, On: on, Boot: time.Minute}
			require.NoError(t, w.Set(1, l))
			ok, evidence, err := w.Witness(l)
			require.NoError(t, err)
			require.True(t, ok, evidence)
			play(10 * time.Minute)
		}
	}
	require.Less(t, time.Since(real), rounds*time.Second)
	require.NoError(t, w.Stop())
	outages := 0
	for _, e := range env.Log.Events() {
		d, up := e.Data.(sim.UpData)
		if up && e.At > 0 && e.Subject == guest.Subject() {
			outages++
			require.InDelta(t, 11*time.Minute, time.Duration(d.To-d.From), float64(time.Second))
		}
	}
	require.Equal(t, rounds, outages)
}
