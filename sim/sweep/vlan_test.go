package sweep

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const trunks = `
networks: {lan: {vlan: 10, subnet: 10.0.1.0/24}, san: {vlan: 20, subnet: 10.0.2.0/24}}
topology:
  nodes:
    core1: {kind: switch}
    core2: {kind: switch}
    h1: {kind: host, ports: {e0: {to: core1, networks: [lan, san]}, e1: {to: core2, networks: [lan, san]}}, bonds: {t: {members: [e0, e1]}}}
    h2: {kind: host, ports: {e0: {to: core1, networks: [lan, san]}, e1: {to: core2, networks: [lan, san]}}, bonds: {t: {members: [e0, e1]}}}
  links:
    peer: {endpoints: [core1, core2]}
`

// TestALinkWithoutTheVLANIsNoPath: the survivor is there, and carries one of two networks.
func TestALinkWithoutTheVLANIsNoPath(t *testing.T) {
	cuts := func(text, network string) []string {
		return spelled(sweepFlow(t, parse(t, text), "h1", "h2", 1, network))
	}
	ends := []string{"node h1", "node h2"}
	assert.Equal(t, ends, cuts(trunks, "san"), "either core is enough")
	missing := strings.Replace(trunks, "e1: {to: core2, networks: [lan, san]}", "e1: {to: core2, networks: [lan, san], allowed: {core2: [lan]}}", 1)
	assert.Equal(t, append([]string{"link h1:e0", "node core1"}, ends...), cuts(missing, "san"))
	assert.Equal(t, ends, cuts(missing, "lan"), "the other network has both ways")
	mismatch := strings.Replace(trunks, "e1: {to: core2, networks: [lan, san]}", "e1: {to: core2, networks: [lan, san], native: {h1: lan, core2: san}}", 1)
	assert.Equal(t, append([]string{"link h1:e0", "node core1"}, ends...), cuts(mismatch, "lan"))
}
