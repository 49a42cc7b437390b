package kernel

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// islands is a number of switches that have nothing to do with one another, each with two hosts.
func islands(n int) *topology.Plant {
	f := newPlant()
	for i := range n {
		lan := f.network(fmt.Sprintf("lan%d", i), "10.0.0.0/24")
		sw := f.node(fmt.Sprintf("sw%d", i), topology.Switch)
		for j := range 2 {
			h := f.node(fmt.Sprintf("h%d-%d", i, j), topology.Host)
			l := f.link(sw, fmt.Sprintf("Ethernet1/%d", j+1), h, "eth0", lan)
			f.address(h, lan, fmt.Sprintf("10.0.0.%d/24", j+1), l.B)
		}
	}
	return f.plant()
}

// powerOff is the batch that a power loss of all switches is.
func powerOff(p *topology.Plant) []sim.Level {
	var levels []sim.Level
	for _, n := range p.Nodes {
		if n.Kind != topology.Switch {
			continue
		}
		levels = append(levels, sim.Stage{Node: n, Stage: topology.Off})
		for _, port := range n.Ports {
			levels = append(levels, sim.Carrier{Port: port}, sim.Carrier{Port: port.Peer()})
		}
	}
	return levels
}

// What several switches forward ends at one instant: the last datagrams of two streams that use different switches were
// sent within one interval of each other, whatever netlink and the machine do meanwhile.
func TestKernelGroupStopsAtOneInstant(t *testing.T) {
	const every = time.Millisecond
	p := islands(8)
	c := standing(t, p)
	var streams []*stream
	for i := range 8 {
		from, to := c.netns(p.Node(fmt.Sprintf("h%d-0", i))), c.netns(p.Node(fmt.Sprintf("h%d-1", i)))
		streams = append(streams, startStream(t, from, to, p.Node(fmt.Sprintf("h%d-1", i)).Interfaces[0].Addr.Addr(), every))
	}
	skew := c.mustSet(t, powerOff(p)...)
	require.NotNil(t, skew)
	require.Equal(t, 8, skew.Members)
	var first, last time.Time
	for i, s := range streams {
		at := s.silent(t)
		if i == 0 || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	t.Logf("armed late by %v, last arrivals within %v", time.Duration(skew.Forwarding), last.Sub(first))
	require.Positive(t, skew.Carrier)
}

// The moment itself stops all of them: before a single carrier or bridge is touched, nothing passes any more.
func TestKernelGroupStopsBeforeAnyCarrierFalls(t *testing.T) {
	p := islands(3)
	c := standing(t, p)
	var streams []*stream
	for i := range 3 {
		from, to := c.netns(p.Node(fmt.Sprintf("h%d-0", i))), c.netns(p.Node(fmt.Sprintf("h%d-1", i)))
		streams = append(streams, startStream(t, from, to, p.Node(fmt.Sprintf("h%d-1", i)).Interfaces[0].Addr.Addr(), time.Millisecond))
	}
	ch, err := c.note(powerOff(p))
	require.NoError(t, err)
	members := c.stopping(ch)
	require.Len(t, members, 3)
	_, _, err = c.stopTogether(members)
	require.NoError(t, err)
	for _, s := range streams {
		s.silent(t)
	}
}

// Nothing may pass after the moment, and everything may before: seen by the rule alone, with all carriers still up.
func TestKernelArmedGuardsStopByThemselves(t *testing.T) {
	p := islands(2)
	c := standing(t, p)
	s := startStream(t, c.netns(p.Node("h0-0")), c.netns(p.Node("h0-1")), p.Node("h0-1").Interfaces[0].Addr.Addr(), time.Millisecond)
	at := time.Now().Add(200 * time.Millisecond)
	members := []member{{node: p.Node("sw0")}, {node: p.Node("sw1")}}
	armed := c.guardsOf(members)
	require.NoError(t, arm(armed, members, at))
	s.flows(t)
	last := s.silent(t)
	require.False(t, last.After(at.Add(time.Millisecond)), "a datagram arrived %v after the moment", last.Sub(at))
	require.NoError(t, disarm(armed))
	s.flows(t)
}

// A link that falls in a group stops both ways, and nothing else at its ends does.
func TestKernelArmedLinkLeavesOthersAlone(t *testing.T) {
	p := twoCore()
	c := standing(t, p)
	s := startStream(t, c.netns(p.Node("hv1")), c.netns(p.Node("hv2")), p.Node("hv2").Interfaces[0].Addr.Addr(), time.Millisecond)
	skew := c.mustSet(t, carriers(false, "core1:Ethernet1/31", "edge1:wan", p)...)
	require.Equal(t, 2, skew.Members)
	s.flows(t)
	c.mustSet(t, carriers(true, "core1:Ethernet1/31", "edge1:wan", p)...)
	reaches(t, c.fabric, p.Node("edge1"), p.Node("isp").Interfaces[0].Addr.Addr())
}

func carriers(up bool, a, b string, p *topology.Plant) []sim.Level {
	var levels []sim.Level
	for _, port := range []*topology.Port{p.Port(a), p.Port(b)} {
		levels = append(levels, sim.Carrier{Port: port, Up: up}, sim.Carrier{Port: port.Peer(), Up: up})
	}
	return levels
}
