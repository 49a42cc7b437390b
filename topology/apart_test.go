package topology

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A firewall whose inside carries the network that it is the gateway of, and nothing that the core routes: hosts and the
// outside are apart. It is the commonest slip in a plant that is typed for the first time.
func TestApartSaysHowFarEachGets(t *testing.T) {
	const plant = `
networks:
  lan: {subnet: 10.0.1.0/24, gateway: core}
  dmz: {subnet: 10.0.2.0/24, gateway: fw}
  san: {subnet: 10.0.3.0/24}
topology:
  nodes:
    isp: {kind: external}
    core: {kind: switch}
    fw: {kind: router, ports: {wan: isp, in: INSIDE}}
    hv: {kind: host, count: 2, ports: {eth0: {to: core, networks: [lan]}}}
    array: {kind: storage, ports: {e0: {to: core, networks: [san]}}}
`
	apart, err := Parse("x.yaml", []byte(strings.Replace(plant, "INSIDE", "core", 1)))
	require.NoError(t, err)
	joined, err := Parse("x.yaml", []byte(strings.Replace(plant, "INSIDE", "{to: core, networks: [lan, dmz]}", 1)))
	require.NoError(t, err)
	for _, tt := range []struct {
		p              *Plant
		from, to, want string
	}{
		{apart, "hv1", "isp", "hv1 gets as far as lan, isp as far as fw-isp, dmz, and no router is in both"},
		{apart, "isp", "hv1", "isp gets as far as fw-isp, dmz, hv1 as far as lan, and no router is in both"},
		{apart, "hv1", "hv2", ""},
		{joined, "hv1", "isp", ""},
		{joined, "hv1", "array", "hv1 gets as far as lan, dmz, fw-isp, array as far as san, and no router is in both"},
	} {
		assert.Equal(t, tt.want, tt.p.Apart(tt.p.Node(tt.from), tt.p.Node(tt.to)), "%s to %s", tt.from, tt.to)
	}
}

func TestApartMissesAGateway(t *testing.T) {
	p, err := Parse("x.yaml", []byte(`
networks:
  lan: {subnet: 10.0.1.0/24, gateway: core}
  lab: {subnet: 10.0.2.0/24}
topology:
  nodes:
    core: {kind: switch}
    r: {kind: router, ports: {a: {to: core, networks: [lan]}, b: {to: core, networks: [lab]}}}
    hv: {kind: host, ports: {eth0: {to: core, networks: [lan]}}}
    pc: {kind: host, ports: {eth0: {to: core, networks: [lab]}}}
`))
	require.NoError(t, err)
	assert.Equal(t, "pc is in lab, without a gateway to leave by", p.Apart(p.Node("hv"), p.Node("pc")))
}
