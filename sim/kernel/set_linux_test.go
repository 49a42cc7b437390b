package kernel

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vishvananda/netlink"
	vishnetns "github.com/vishvananda/netns"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func standing(t *testing.T, p *topology.Plant) *condition {
	t.Helper()
	c := newCondition(stand(t, p))
	require.Eventually(t, func() bool { return !strings.Contains(c.dump(t), "up|broadcast|multicast down") }, 5*time.Second, time.Millisecond,
		"a link does not come up")
	return c
}

func (c *condition) mustSet(t *testing.T, levels ...sim.Level) *sim.SkewData {
	t.Helper()
	skew, err := c.set(levels)
	require.NoError(t, err)
	return skew
}

// sees has the witness confirm what is so, and deny what is not.
func (c *condition) sees(t *testing.T, so, notSo []sim.Level) {
	t.Helper()
	for _, l := range so {
		ok, evidence, err := c.witness(l)
		require.NoError(t, err)
		require.True(t, ok, "%s: %s", l.Subject(), evidence)
	}
	for _, l := range notSo {
		ok, evidence, err := c.witness(l)
		require.NoError(t, err)
		require.False(t, ok, "%s: %s", l.Subject(), evidence)
	}
}

// becomes waits until everything is as it was: the kernel lets operational states follow carriers in its own time.
func (c *condition) becomes(t *testing.T, before string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		if c.dump(t) == before {
			return
		}
	}
	is := c.dump(t)
	require.Equal(t, strings.Split(before, "\n"), strings.Split(is, "\n"))
}

// dump is all links, addresses and routes of all nodes as text.
func (c *condition) dump(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, n := range append(slices.Clone(c.ns), c.wire) {
		if n == nil {
			continue
		}
		h, err := netlink.NewHandleAt(vishnetns.NsHandle(n.fd))
		require.NoError(t, err)
		links, err := h.LinkList()
		require.NoError(t, err)
		for _, l := range links {
			a := l.Attrs()
			oper := a.OperState
			if oper == netlink.OperUnknown {
				oper = netlink.OperUp // what a new link is until the kernel has looked at it; it works
			}
			fmt.Fprintln(&out, n.name, a.Index, a.Name, a.Flags, oper, a.MTU, a.HardwareAddr, a.MasterIndex, a.Group, a.Alias)
		}
		addrs, err := h.AddrList(nil, netlink.FAMILY_ALL)
		require.NoError(t, err)
		for _, a := range addrs {
			fmt.Fprintln(&out, n.name, a)
		}
		routes, err := h.RouteList(nil, netlink.FAMILY_ALL)
		require.NoError(t, err)
		var lines []string
		for _, r := range routes {
			lines = append(lines, fmt.Sprintln(n.name, r))
		}
		slices.Sort(lines)
		fmt.Fprint(&out, strings.Join(lines, ""))
		h.Close()
	}
	return out.String()
}

// twoHosts is two hosts on a switch.
func twoHosts() *topology.Plant {
	f := newPlant()
	lan := f.network("lan", "10.0.0.0/24")
	sw := f.node("sw", topology.Switch)
	for i, id := range []string{"a", "b"} {
		h := f.node(id, topology.Host)
		l := f.link(sw, "Ethernet1/"+id, h, "eth0", lan)
		f.address(h, lan, []string{"10.0.0.1/24", "10.0.0.2/24"}[i], l.B)
	}
	return f.plant()
}

// backToBack is two routers on one link, which goes by the wire.
func backToBack() *topology.Plant {
	f := newPlant()
	t := f.network("transit", "10.0.0.0/24")
	a, b := f.node("a", topology.Router), f.node("b", topology.Router)
	l := f.link(a, "eth0", b, "eth0", t)
	f.address(a, t, "10.0.0.1/24", l.A)
	f.address(b, t, "10.0.0.2/24", l.B)
	return f.plant()
}

// Every level takes effect on real packets, and its opposite takes it back.
func TestKernelLevelsActOnPackets(t *testing.T) {
	type levels func(p *topology.Plant, on bool) []sim.Level
	for name, c := range map[string]struct {
		plant func() *topology.Plant
		set   levels
	}{
		"carrier at the switch": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Carrier{Port: p.Port("b:eth0"), Up: !on}, sim.Carrier{Port: p.Port("sw:Ethernet1/b"), Up: !on}}
		}},
		"carrier in the wire": {backToBack, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Carrier{Port: p.Port("b:eth0"), Up: !on}, sim.Carrier{Port: p.Port("a:eth0"), Up: !on}}
		}},
		"carrier of one end in the wire": {backToBack, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Carrier{Port: p.Port("b:eth0"), Up: !on}}
		}},
		"dark towards the switch": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Dark{Port: p.Port("a:eth0"), On: on}}
		}},
		"dark towards the host": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Dark{Port: p.Port("sw:Ethernet1/b"), On: on}}
		}},
		"dark in the wire": {backToBack, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Dark{Port: p.Port("a:eth0"), On: on}}
		}},
		"loss of all towards the switch": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Impaired{Port: p.Port("a:eth0"), Impairment: lossIf(on)}}
		}},
		"loss of all towards the host": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Impaired{Port: p.Port("sw:Ethernet1/b"), Impairment: lossIf(on)}}
		}},
		"switch not in service": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Stage{Node: p.Node("sw"), Stage: stageIf(on, topology.PortsUp)}}
		}},
		"receiver not in service": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Stage{Node: p.Node("b"), Stage: stageIf(on, topology.PortsUp)}}
		}},
		"sender not in service": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Stage{Node: p.Node("a"), Stage: stageIf(on, topology.PortsUp)}}
		}},
		"refusal": {twoHosts, func(p *topology.Plant, on bool) []sim.Level {
			return []sim.Level{sim.Refuse{At: p.Node("b"), From: p.Node("a"), On: on}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.plant()
			con := standing(t, p)
			s := startStream(t, con.netns(p.Node("a")), con.netns(p.Node("b")), p.Node("b").Interfaces[0].Addr.Addr(), 1e6)
			before := con.dump(t)
			con.mustSet(t, c.set(p, true)...)
			con.sees(t, c.set(p, true), c.set(p, false))
			s.silent(t)
			con.mustSet(t, c.set(p, true)...) // twice is once
			con.sees(t, c.set(p, true), c.set(p, false))
			con.mustSet(t, c.set(p, false)...)
			con.sees(t, c.set(p, false), c.set(p, true))
			s.flows(t)
			con.becomes(t, before)
		})
	}
}

func lossIf(on bool) topology.Impairment {
	if on {
		return topology.Impairment{Loss: 1}
	}
	return topology.Impairment{}
}

func stageIf(on bool, s topology.Stage) topology.Stage {
	if on {
		return s
	}
	return topology.Forwarding
}
