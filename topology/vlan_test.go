package topology

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const tagged = `
networks:
  lan:  {vlan: 10, subnet: 10.0.1.0/24, gateway: core}
  mgmt: {vlan: 99, subnet: 10.0.2.0/24}
  san:  {vlan: 20, subnet: 10.0.3.0/24}
topology:
  nodes:
    core1: {kind: switch}
    core2: {kind: switch}
    r: {kind: router, ports: {in1: core1, in2: core2}, bonds: {in: {members: [in1, in2]}}}
    h:
      kind: host
      count: 2
      ports:
        e0: {to: core1, networks: [lan, mgmt, san], native: mgmt}
        e1: {to: core2, networks: [lan, mgmt, san], native: {h: mgmt, core2: lan}, allowed: {core2: [lan, mgmt]}}
      bonds: {team: {members: [e0, e1]}}
    a: {kind: host, ports: {e0: {to: core1, networks: [san]}}}
    b: {kind: host, ports: {e0: {to: core2, networks: [san], native: {core2: none}}}}
  links:
    peer: {endpoints: [core1, core2]}
groups: {core: {redundant: [core1, core2]}}
`

// passing lists the networks that get over a port's link both ways.
func passing(p *Plant, port string) []string {
	l := p.Port(port).Link
	var all []string
	for _, n := range l.Networks {
		if l.Passes(n) {
			all = append(all, n.ID)
		}
	}
	return all
}

func TestWhatTagsMake(t *testing.T) {
	p, err := Parse("tagged.yaml", []byte(tagged))
	require.NoError(t, err)
	lan, mgmt, san := p.Network("lan"), p.Network("mgmt"), p.Network("san")

	assert.Equal(t, mgmt, p.Port("h1:e0").Native)
	assert.Equal(t, mgmt, p.Port("h1:e0").Peer().Native, "native without ends is said of both")
	assert.Equal(t, []string{"lan", "mgmt", "san"}, passing(p, "h1:e0"))

	far := p.Port("h2:e1").Peer()
	assert.Equal(t, []*Network{san}, far.Lacks)
	assert.Equal(t, lan, far.Native)
	assert.Empty(t, passing(p, "h2:e1"), "mgmt arrives as lan, lan arrives without its tag, and san is not let through")
	assert.True(t, p.Port("h2:e1").Hands(lan), "a switch takes a tag of its native network too")
	assert.False(t, far.Hands(lan), "and sends it without one, for which the host has another network")

	assert.Equal(t, san, p.Port("a:e0").Native, "a link of one network is an access link")
	assert.False(t, p.Port("a:e0").Link.Tags(san))
	assert.Empty(t, passing(p, "b:e0"), "tagged at one end, not at the other")
	assert.False(t, p.Port("b:e0").Peer().Hands(san), "a host takes no tag of its native network")

	peer := p.Link("peer")
	transit := peer.Networks[len(peer.Networks)-1]
	require.True(t, transit.Transit)
	assert.Equal(t, MaxVLAN, transit.VLAN, "a network that nobody declared needs an ID on a trunk")
	assert.Nil(t, peer.A.Native)
	assert.Equal(t, transit, p.Port("r:in1").Native)
	assert.Equal(t, []string{"lan", "mgmt", "san", transit.ID}, passing(p, p.Link("peer").A.String()))
	assert.Equal(t, "lan (10), mgmt (99), san (20) missing at core2", p.Port("h1:e1").Link.carriage())
}

func TestTheOneNetworkWithoutAnIDIsNative(t *testing.T) {
	p, err := Parse("mixed.yaml", []byte(`
networks: {lan: {subnet: 10.0.1.0/24}, san: {vlan: 20, subnet: 10.0.3.0/24}}
topology:
  nodes:
    sw: {kind: switch}
    h: {kind: host, count: 2, ports: {e0: {to: sw, networks: [san, lan]}}}
`))
	require.NoError(t, err)
	assert.Equal(t, p.Network("lan"), p.Port("h1:e0").Native)
	assert.Equal(t, []string{"san", "lan"}, passing(p, "h1:e0"))
}

func TestWithoutIDsNothingIsTagged(t *testing.T) {
	p, err := Load("two-core")
	require.NoError(t, err)
	for _, l := range p.Links {
		assert.Nil(t, l.A.Native)
		for _, n := range l.Networks {
			assert.True(t, l.Passes(n))
			assert.False(t, l.Tags(n))
			assert.Zero(t, n.VLAN)
		}
	}
}
