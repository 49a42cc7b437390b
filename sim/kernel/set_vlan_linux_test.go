package kernel

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// trunked is two hosts on two networks, behind two switches with a trunk between.
func trunked() (*topology.Plant, *topology.Link) {
	f := newPlant()
	lan, san := f.network("lan", "10.7.0.0/24"), f.network("san", "10.8.0.0/24")
	lan.VLAN, san.VLAN = 10, 20
	s1, s2 := f.node("s1", topology.Switch), f.node("s2", topology.Switch)
	for i, s := range []*topology.Node{s1, s2} {
		h := f.node([]string{"h1", "h2"}[i], topology.Host)
		l := f.link(h, "e0", s, "p1", lan, san)
		f.address(h, lan, []string{"10.7.0.1/24", "10.7.0.2/24"}[i], l.A)
		f.address(h, san, []string{"10.8.0.1/24", "10.8.0.2/24"}[i], l.A)
	}
	trunk := f.link(s1, "up", s2, "up", lan, san)
	return f.plant(), trunk
}

func TestAMissingVLANTakesOneNetworkAndLeavesTheOther(t *testing.T) {
	p, trunk := trunked()
	c := standing(t, p)
	lan, san := p.Networks[0], p.Networks[1]
	hears := func(at string) bool {
		return ping(t, c.netns(p.Node("h1")), netip.MustParseAddr(at), 200*time.Millisecond)
	}
	require.True(t, hears("10.7.0.2"))
	require.True(t, hears("10.8.0.2"))
	before := c.dump(t)

	for _, at := range trunk.Ends() {
		missing, there := sim.Allowed{Port: at, Network: san}, sim.Allowed{Port: at, Network: san, On: true}
		c.mustSet(t, missing)
		c.sees(t, []sim.Level{missing, sim.Allowed{Port: at, Network: lan, On: true}, sim.Carrier{Port: at, Up: true}}, []sim.Level{there})
		require.True(t, hears("10.7.0.2"))
		require.False(t, hears("10.8.0.2"))
		require.NotEqual(t, before, c.dump(t), "the port has left the network's bridge")

		c.mustSet(t, there)
		c.sees(t, []sim.Level{there}, []sim.Level{missing})
		require.Eventually(t, func() bool { return hears("10.8.0.2") }, 5*time.Second, 10*time.Millisecond)
		c.becomes(t, before)
	}
}

// TestEndsThatDoNotMeanTheSame: what one end sends without a tag the other takes for another network.
func TestEndsThatDoNotMeanTheSame(t *testing.T) {
	p, trunk := trunked()
	trunk.A.Native = p.Networks[0]
	c := standing(t, p)
	require.NoError(t, c.limitVLANs())
	from := c.netns(p.Node("h1"))
	require.False(t, ping(t, from, netip.MustParseAddr("10.7.0.2"), 200*time.Millisecond))
	require.True(t, ping(t, from, netip.MustParseAddr("10.8.0.2"), 200*time.Millisecond))
}
