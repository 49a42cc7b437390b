package kernel

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vishvananda/netlink"
	vishnetns "github.com/vishvananda/netns"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// A gateway that moves is found at its new place at once: hosts hear of it, and need not ask.
func TestKernelGatewayMoves(t *testing.T) {
	p := twoCore()
	c := standing(t, p)
	lan, vip := p.Network("lan"), netip.MustParseAddr("10.0.10.1")
	hold := func(node string, on bool) sim.Holder {
		return sim.Holder{Network: lan, Node: p.Node(node), On: on}
	}
	c.mustSet(t, hold("core1", true))
	reaches(t, c.fabric, p.Node("hv1"), vip)
	before := c.dump(t)
	c.mustSet(t, hold("core1", false), hold("core2", true))
	c.sees(t, []sim.Level{hold("core2", true), hold("core1", false)}, []sim.Level{hold("core1", true), hold("core2", false)})
	reaches(t, c.fabric, p.Node("hv1"), vip)
	require.Equal(t, "00:00:5e:00:01:01", c.knows(t, p.Node("hv1"), vip), "hosts know no other address than the gateway's own")
	c.mustSet(t, hold("core2", false), hold("core1", true))
	c.becomes(t, before)
}

// knows is the link address that a node has for an address.
func (c *condition) knows(t *testing.T, n *topology.Node, addr netip.Addr) string {
	t.Helper()
	h, err := netlink.NewHandleAt(vishnetns.NsHandle(c.netns(n).fd))
	require.NoError(t, err)
	defer h.Close()
	known, err := h.NeighList(0, netlink.FAMILY_V4)
	require.NoError(t, err)
	for _, k := range known {
		if k.IP.Equal(addr.AsSlice()) {
			return k.HardwareAddr.String()
		}
	}
	return ""
}

// A holder that loses power loses nothing that it needs when it comes back.
func TestKernelHolderComesBack(t *testing.T) {
	p := twoCore()
	c := standing(t, p)
	on := sim.Holder{Network: p.Network("lan"), Node: p.Node("core1"), On: true}
	c.mustSet(t, on, sim.Routes{Node: p.Node("core1"), Routes: []sim.Route{
		{To: netip.MustParsePrefix("0.0.0.0/0"), Hops: []sim.Hop{{Via: netip.MustParseAddr("10.255.0.1"), Network: p.Network("uplink")}}},
	}})
	before := c.dump(t)
	c.mustSet(t, powerOff(p)...)
	var back []sim.Level
	for _, l := range powerOff(p) {
		switch l := l.(type) {
		case sim.Stage:
			back = append(back, sim.Stage{Node: l.Node, Stage: stageIf(false, 0)})
		case sim.Carrier:
			back = append(back, sim.Carrier{Port: l.Port, Up: true})
		}
	}
	c.mustSet(t, back...)
	c.becomes(t, before)
	reaches(t, c.fabric, p.Node("hv1"), netip.MustParseAddr("10.0.10.1"))
}
