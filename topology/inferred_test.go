package topology

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func pairNames(p *Plant) []string {
	var names []string
	for _, pair := range p.InferredPairs() {
		names = append(names, pair[0].ID+"-"+pair[1].ID)
	}
	return names
}

func TestInferredPairs(t *testing.T) {
	p, err := Load("two-core")
	require.NoError(t, err)
	got := pairNames(p)
	assert.Subset(t, got, []string{"hv1-hv2", "hv3-hv4", "pbx1-pbx2", "hv1-isp", "pbx2-isp", "hv1-pbx1"})
	assert.Len(t, got, 15+6, "all pairs of six hosts, each with the Internet")
}

func TestInferredPairsLeaveOutWhatCannotTalk(t *testing.T) {
	p, err := Parse("f", []byte(`
networks: {a: {subnet: 10.0.1.0/24}, b: {subnet: 10.0.2.0/24}}
topology:
  nodes:
    sw: {kind: switch}
    x: {kind: host, count: 2, ports: {eth0: {to: sw, networks: [a]}}}
    y: {kind: host, count: 2, ports: {eth0: {to: sw, networks: [b]}}}
`))
	require.NoError(t, err)
	assert.Equal(t, []string{"x1-x2", "y1-y2"}, pairNames(p))
}

func TestInferredPairsOfALargePlantAreARing(t *testing.T) {
	p, err := Load("star:hosts=100")
	require.NoError(t, err)
	got := pairNames(p)
	assert.Len(t, got, 100)
	assert.Contains(t, got, "h100-h1")
}

func TestHostsWithoutAGatewayStayOnTheirNetwork(t *testing.T) {
	p, err := Parse("f", []byte(`
networks: {a: {subnet: 10.0.1.0/24}, b: {subnet: 10.0.2.0/24, gateway: r}}
topology:
  nodes:
    sw: {kind: switch}
    r: {kind: router, ports: {e: {to: sw, networks: [a, b]}}}
    x: {kind: host, ports: {eth0: {to: sw, networks: [a]}}}
    y: {kind: host, ports: {eth0: {to: sw, networks: [b]}}}
`))
	require.NoError(t, err)
	assert.Empty(t, pairNames(p))
}
