package kernel

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Darkness and refusal have a direction: the other one goes on.
func TestKernelDarknessHasADirection(t *testing.T) {
	for name, level := range map[string]func(*topology.Plant) sim.Level{
		"dark":   func(p *topology.Plant) sim.Level { return sim.Dark{Port: p.Port("a:eth0"), On: true} },
		"refuse": func(p *topology.Plant) sim.Level { return sim.Refuse{At: p.Node("b"), From: p.Node("a"), On: true} },
	} {
		t.Run(name, func(t *testing.T) {
			p := twoHosts()
			c := standing(t, p)
			a, b := p.Node("a"), p.Node("b")
			there := startStream(t, c.netns(a), c.netns(b), b.Interfaces[0].Addr.Addr(), time.Millisecond)
			back := startStream(t, c.netns(b), c.netns(a), a.Interfaces[0].Addr.Addr(), time.Millisecond)
			c.mustSet(t, level(p))
			there.silent(t)
			back.flows(t)
		})
	}
}

// A switch that fails over tells the switches above where the machines behind it are now: a stream to one that never
// speaks goes on.
func TestKernelSwitchBondMovesWhatIsBehindIt(t *testing.T) {
	f := newPlant()
	lan := f.network("lan", "10.0.0.0/24")
	core1, core2, tor := f.node("core1", topology.Switch), f.node("core2", topology.Switch), f.node("tor", topology.Switch)
	f.link(core1, "Ethernet1/49", core2, "Ethernet1/49", lan)
	up1 := f.link(core1, "Ethernet1/1", tor, "Ethernet1/51", lan)
	up2 := f.link(core2, "Ethernet1/1", tor, "Ethernet1/52", lan)
	uplink := f.bond(tor, "uplink", up1.B, up2.B)
	uplink.Miimon = 20 * time.Millisecond
	below, beside := f.node("below", topology.Host), f.node("beside", topology.Host)
	l := f.link(tor, "Ethernet1/1", below, "eth0", lan)
	f.address(below, lan, "10.0.0.1/24", l.B)
	l = f.link(core2, "Ethernet1/2", beside, "eth0", lan)
	f.address(beside, lan, "10.0.0.2/24", l.B)
	for kind, native := range kindsOfBonds(t) {
		t.Run(kind, func(t *testing.T) {
			bb := startBench(t, f.plant(), native, uplink, beside)
			s := startStream(t, bb.netns(beside), bb.netns(below), netip.MustParseAddr("10.0.0.1"), time.Millisecond)
			bb.member(t, 0, false)
			bb.active(t, "Ethernet1/52")
			s.flows(t)
		})
	}
}

// IPv6 works where the plant gives addresses, and there is not a trace of it elsewhere.
func TestKernelSpeaksIPv6WhereThePlantDoes(t *testing.T) {
	p := twoHosts()
	plain := standing(t, p)
	require.NotContains(t, plain.dump(t), "fe80", "nobody asked for IPv6")
	for i, id := range []string{"a", "b"} {
		p.Node(id).Interfaces[0].Addr6 = netip.MustParsePrefix([]string{"2001:db8::1/64", "2001:db8::2/64"}[i])
	}
	c := standing(t, p)
	var in, out *net.UDPConn
	open := func(node string, conn **net.UDPConn, at string) {
		require.NoError(t, c.netns(p.Node(node)).do(func() (err error) {
			*conn, err = net.ListenUDP("udp6", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(at)))
			return err
		}))
		t.Cleanup(func() { (*conn).Close() })
	}
	open("b", &in, "[2001:db8::2]:9000")
	open("a", &out, "[2001:db8::1]:0")
	_, err := out.WriteTo([]byte("dcdrill"), in.LocalAddr())
	require.NoError(t, err)
	require.NoError(t, in.SetReadDeadline(time.Now().Add(5*time.Second)))
	buf := make([]byte, 64)
	n, _, err := in.ReadFrom(buf)
	require.NoError(t, err)
	require.Equal(t, "dcdrill", string(buf[:n]))
}
