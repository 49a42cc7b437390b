package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// opened is the kernel world of a scenario with all its members started, and one of its virtual machines.
func opened(t *testing.T, scenario string) (*World, *sim.Member) {
	t.Helper()
	sc, err := scenarios.Load(scenario, scenarios.Options{})
	require.NoError(t, err)
	engine := Engine{}
	clock := engine.Clock()
	env := sim.Env{Plant: sc.Plant, Loop: sim.NewLoop(clock), Log: sim.NewLog(clock.Now, nil)}
	made, err := engine.Open(t.Context(), clock, env)
	require.NoError(t, err)
	t.Cleanup(func() { _ = made.Close() })
	w := made.(*World)
	var guest *sim.Member
	for _, u := range sc.Uses {
		for _, m := range append(u.Members, u.Watches...) {
			require.NoError(t, w.Start(m))
			if _, ok := m.Talk.(sim.Resident); ok {
				guest = m
			}
		}
	}
	return w, guest
}

// Orders to virtual machines have those asked again that they are for. With others that ask once a second, waiting for
// them all would take a second for each order.
func TestOrdersToVirtualMachinesWaitForNobodyElse(t *testing.T) {
	w, guest := opened(t, "storage-both-paths-lost")
	env, clock := w.env, w.clock
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

// reader is a virtual machine that reads what it boots from.
type reader struct {
	tenant
	answered bool
}

func (r *reader) Asking() bool   { return true }
func (r *reader) Answered() bool { return r.answered }

// A boot that reads is not jumped over, although by the law its host may still be looking for the array: the law of
// neighbours leaves a second open.
func TestTheClockWaitsForWhoReads(t *testing.T) {
	w, guest := opened(t, "storage-both-paths-lost")
	for _, p := range w.env.Plant.Nodes {
		if p.Kind == topology.Storage {
			for _, port := range p.Ports {
				require.NoError(t, w.shadow.Set(0, sim.Carrier{Port: port, Up: false}))
			}
		}
	}
	require.False(t, w.shadow.Usable(guest))
	boots := &reader{answered: true}
	require.NotEmpty(t, w.unsettledGuest(&life{member: guest, guest: boots}))
	boots.answered = false
	require.Empty(t, w.unsettledGuest(&life{member: guest, guest: boots}), "it waits for a path, and for nothing else")
}
