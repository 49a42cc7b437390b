package model

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// survivors makes a world of tagged-core and records when a member on each network is served.
func survivors(t testing.TB) (*lab, *[]string) {
	t.Helper()
	var heard []string
	var l *lab
	l = newLab(t, "tagged-core", 2, Options{OnServed: func(m *sim.Member, on bool) {
		heard = append(heard, fmt.Sprintf("%s %s %t", l.loop.Now(), m.Workload.ID, on))
	}})
	p := l.env.Plant
	for _, f := range []sim.Flow{
		{From: p.Node("hv1"), To: p.Node("array1"), Networks: p.Networks[3:4]},
		{From: p.Node("hv1"), To: p.Node("hv2"), Networks: p.Networks[1:2]},
	} {
		m := &sim.Member{Workload: &sim.Use{ID: f.Networks[0].ID}, Talk: quiet{f}}
		m.Workload.Members = []*sim.Member{m}
		require.NoError(t, l.Start(m))
	}
	heard = nil
	return l, &heard
}

// TestTheSurvivorLacksAVLAN: nobody notices before the bond uses it, and then one network is dark and the other is not.
func TestTheSurvivorLacksAVLAN(t *testing.T) {
	l, heard := survivors(t)
	p := l.env.Plant
	at := sim.Allowed{Port: p.Port("hv1:vmnic1").Peer(), Network: p.Network("storage-b")}
	l.set(t, time.Second, at)
	l.until(t, 10*time.Second)
	assert.Empty(t, *heard)

	l.set(t, 10*time.Second, l.link("hv1:vmnic0", false)...)
	l.until(t, 20*time.Second)
	assert.Equal(t, []string{"10s storage-b false", "10s mgmt false", "10.1s mgmt true"}, *heard)
	so, _, err := l.Witness(at)
	require.NoError(t, err)
	assert.True(t, so)

	*heard = nil
	at.On = true
	l.set(t, 20*time.Second, at)
	l.rest(t)
	assert.Equal(t, []string{"21s storage-b true"}, *heard, "with the next question, at most a second later")
}

// TestAnAddressWithoutPortsHasNoCarrier: a switch's own address on a network is up while a port that lets it through is.
func TestAnAddressWithoutPortsHasNoCarrier(t *testing.T) {
	l, _ := survivors(t)
	core, lan := l.env.Plant.Node("core2"), l.env.Plant.Network("lan")
	s := l.segments[lan.Index]
	require.True(t, s.lit(core.Interface(lan)))
	for _, p := range core.Ports {
		if p.Link.Carries(lan) {
			require.True(t, s.lit(core.Interface(lan)))
			l.set(t, 0, sim.Allowed{Port: p, Network: lan})
		}
	}
	assert.False(t, s.lit(core.Interface(lan)))
}

// TestNativeNetworksThatLeakHaveNoLaw: what would come up in another network is not made up.
func TestNativeNetworksThatLeakHaveNoLaw(t *testing.T) {
	p, err := topology.Load("tagged-core")
	require.NoError(t, err)
	trunk := p.Link("peer-link")
	trunk.A.Native, trunk.B.Native = p.Network("lan"), p.Network("mgmt")
	_, err = New(sim.Env{Plant: p, Loop: sim.NewLoop(&sim.VirtualClock{})}, Options{})
	require.ErrorIs(t, err, sim.ErrUnsupported)
	require.ErrorContains(t, err, "peer-link")
}
