package kernel

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

// What a switch tells of a station bears the tag of its VLAN, but not of the native one, and nothing is told where that is
// not let through.
func TestWhatIsBehindABondIsToldWithItsTag(t *testing.T) {
	p, err := topology.Load("tagged-core")
	require.NoError(t, err)
	port := p.Port("hv1:vmnic1").Peer()
	port.Lacks = []*topology.Network{p.Network("storage-a")}
	l := lay(p, true)
	d := l.byLink[port.Link][0].end(port)
	mac := topology.HardwareID{2, 1, 1, 1, 1, 1}
	tagged, passes := l.asSent(d, station{mac, 22})
	assert.True(t, passes)
	assert.Equal(t, append(append(everybody[:], mac[:]...), 0x81, 0, 0, 22, 0x80, 0x35), tagged[:18])
	plain, passes := l.asSent(d, station{mac, 99})
	assert.True(t, passes)
	assert.Equal(t, reverseARP(mac), plain)
	_, passes = l.asSent(d, station{mac, 21})
	assert.False(t, passes)
}
