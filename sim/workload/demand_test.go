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

// What is offered is what was demanded, whatever a datagram's size.
func TestAStreamCarriesItsDemand(t *testing.T) {
	for _, u := range []*UDP{{Ends: between}, {Ends: between, Size: 172}} {
		require.NoError(t, u.Carry(600*topology.Kbps))
		talks, err := u.Talks(simtest.TwoCore())
		require.NoError(t, err)
		o := talks[0].(sim.Stream).Offers()
		assert.InDelta(t, 600e3, float64(o.There), 10)
		assert.Zero(t, o.Back)
		assert.True(t, o.Scattered)
	}
}

func TestDemandsThatCannotPlay(t *testing.T) {
	assert.ErrorContains(t, (&UDP{Ends: between, Interval: time.Second}).Carry(topology.Mbps), "interval is 1s")
	assert.ErrorContains(t, (&UDP{Ends: between}).Carry(topology.Gbps), "due every 12µs: choose a scale that makes it 1ms to 100ms")
	assert.ErrorContains(t, (&UDP{Ends: between}).Carry(10*topology.Kbps), "choose a scale")
}

// A voice stream of G.711 is 64 kbit/s, and 86 with what Ethernet, IP, UDP and RTP add to it.
func TestOffers(t *testing.T) {
	o := one(t, &UDP{Ends: between}).(sim.Stream).Offers()
	assert.Equal(t, sim.Offer{There: 85600}, o)
	asks := one(t, &Reach{Ends: between}).(sim.Stream).Offers()
	assert.Equal(t, sim.Offer{There: 40000, Back: 40000}, asks)
}
