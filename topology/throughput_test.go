package topology

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestThroughput: two hosts behind two leaves and two spines, one of them slow.
func TestThroughput(t *testing.T) {
	p, err := Parse("plant.yaml", []byte(`
fabric: routed
networks: {a: {subnet: 10.0.1.0/24, gateway: l1}, b: {subnet: 10.0.2.0/24, gateway: l2}}
topology:
  nodes:
    s1: {kind: switch}
    s2: {kind: switch}
    l1: {kind: switch, ports: {up1: {to: s1, speed: 10G}, up2: {to: s2, speed: 4G}}}
    l2: {kind: switch, ports: {up1: {to: s1, speed: 10G}, up2: {to: s2, speed: 10G}}}
    h1: {kind: host, ports: {e0: {to: l1, networks: [a], speed: 25G}}}
    h2: {kind: host, ports: {e0: {to: l2, networks: [b], speed: 25G}}}
    h3: {kind: host, ports: {e0: {to: l2, networks: [b], speed: 2.5G}}}
`))
	require.NoError(t, err)
	n := p.Node
	want := func(rate Bitrate, to ...string) []Demand {
		var all []Demand
		for _, id := range to {
			all = append(all, Demand{From: n("h1"), To: n(id), Rate: rate})
		}
		return all
	}
	without := func(nodes ...string) Lost {
		lost := Lost{Nodes: map[*Node]bool{}}
		for _, id := range nodes {
			lost.Nodes[n(id)] = true
		}
		return lost
	}
	for _, c := range []struct {
		name    string
		demands []Demand
		lost    Lost
		left    Bitrate
	}{
		{"all of a small demand", want(Gbps, "h2"), Lost{}, Gbps},
		{"both spines, the slow link too", want(25*Gbps, "h2"), Lost{}, 14 * Gbps},
		{"one spine", want(25*Gbps, "h2"), without("s1"), 4 * Gbps},
		{"the receiver's own cable", want(25*Gbps, "h3"), Lost{}, 2500 * Mbps},
		{"two receivers share what there is", want(12*Gbps, "h2", "h3"), Lost{}, 14 * Gbps},
		{"no way", want(Gbps, "h2"), without("s1", "s2"), 0},
		{"no receiver", want(Gbps, "h2"), without("h2"), 0},
		{"a cable", want(25*Gbps, "h2"), Lost{Links: map[*Link]bool{p.Link("l1:up1"): true}}, 4 * Gbps},
		{"a host is no way", []Demand{{From: n("s1"), To: n("s2"), Rate: 99 * Gbps}}, without("l1"), 10 * Gbps},
	} {
		assert.Equal(t, c.left, p.Throughput(c.demands, c.lost), c.name)
	}
}

// TestABondOfWhichOneMemberIsUsedCarriesWhatThatCarries, and one of LACP what all do.
func TestABondOfWhichOneMemberIsUsedCarriesWhatThatCarries(t *testing.T) {
	for mode, want := range map[string]Bitrate{"active-backup": 10 * Gbps, "lacp": 11 * Gbps} {
		p, err := Parse("plant.yaml", []byte(`
networks: {lan: {subnet: 10.0.1.0/24}}
topology:
  nodes:
    sw: {kind: switch}
    h1: {kind: host, ports: {e0: {to: sw, speed: 10G}, e1: {to: sw, speed: 1G}}, bonds: {t: {members: [e0, e1], mode: `+mode+`}}}
    h2: {kind: host, ports: {e0: {to: sw, speed: 100G}}}
`))
		require.NoError(t, err)
		there := Demand{From: p.Node("h1"), To: p.Node("h2"), Rate: 50 * Gbps, Networks: p.Networks}
		back := Demand{From: p.Node("h2"), To: p.Node("h1"), Rate: 50 * Gbps}
		lost := Lost{Links: map[*Link]bool{p.Link("h1:e0"): true}}
		assert.Equal(t, want, p.Throughput([]Demand{there}, Lost{}), mode)
		assert.Equal(t, want, p.Throughput([]Demand{back}, Lost{}), mode)
		assert.Equal(t, Gbps, p.Throughput([]Demand{there}, lost), mode)
	}
}
