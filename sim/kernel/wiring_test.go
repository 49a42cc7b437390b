package kernel

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

// Every plant gets devices that Linux takes: names of at most 15 bytes, free in their node, without what the kernel
// refuses, and indexes that are nobody else's.
func TestEveryPlantCanBeLaidOut(t *testing.T) {
	for _, word := range []string{"two-core", "tagged-core", "leaf-spine", "fat-tree", "two-tier", "star"} {
		t.Run(word, func(t *testing.T) {
			p, err := topology.Load(word)
			require.NoError(t, err)
			l := lay(p, true)
			require.Equal(t, devicesOf(l), devicesOf(lay(p, true)), "the same plant in the same layout")
			indexes, names := map[int32]bool{}, map[string]bool{}
			for _, d := range devicesOf(l) {
				where := "wire"
				if d.node != nil {
					where = d.node.ID
				}
				assert.NotEmpty(t, d.name)
				assert.LessOrEqual(t, len(d.name), maxName, d.name)
				assert.False(t, strings.ContainsAny(d.name, "/: \t"), d.name)
				assert.False(t, names[where+" "+d.name], "%s twice in %s", d.name, where)
				assert.False(t, indexes[d.index], "index %d twice", d.index)
				names[where+" "+d.name], indexes[d.index] = true, true
			}
			for _, n := range p.Nodes {
				for _, i := range n.Interfaces {
					if n.Kind == topology.Host && assert.NotNil(t, l.deviceOf(i), "%s has no device for its address on %s", n.ID, i.Network.ID) {
						assert.Equal(t, i.MAC, l.deviceOf(i).mac)
					}
				}
			}
		})
	}
}

func devicesOf(l *layout) []device {
	var all []device
	for _, n := range l.nodes {
		for _, d := range n.bridges {
			all = append(all, *d)
		}
		for _, d := range n.bonds {
			all = append(all, d.device, *d.inner)
		}
		for _, d := range n.tags {
			all = append(all, d.device)
		}
		for _, d := range n.virtual {
			all = append(all, d.device)
		}
	}
	for _, ln := range l.lanes {
		all = append(all, *ln.ends[0], *ln.ends[1])
		if ln.wire[0] != nil {
			all = append(all, *ln.wire[0], *ln.wire[1])
		}
	}
	return all
}

func TestNamesOfDevices(t *testing.T) {
	n := names{}
	for _, c := range []struct{ got, want string }{
		{n.pick("vmnic0"), "vmnic0"},
		{n.pick("Ethernet1/49"), "Ethernet1-49"},
		{n.pick("Ethernet1/49"), "Ethernet1-49~2"},
		{n.pick("HundredGigE0/0/0/12"), "Hu0-0-0-12"},
		{n.pick("lo"), "lo~2"},
		{n.pick2("vmnic0", "lan"), "vmnic0.lan"},
		{n.pick2("Ethernet1/49", "storage-a"), "Et1-49.storage-"},
		{n.pick2("Ethernet1/49", "storage-b"), "Et1-49.storag~2"},
		{n.pick2("a-very-long-port-name", "production"), "a-very-lon.prod"},
	} {
		assert.Equal(t, c.want, c.got)
	}
}

// A port with addresses of its own is never set down for a carrier: it would lose its routes.
func TestCarriersAreTakenWhereNobodyLosesRoutes(t *testing.T) {
	for _, word := range []string{"two-core", "tagged-core", "leaf-spine", "fat-tree"} {
		p, err := topology.Load(word)
		require.NoError(t, err)
		l := lay(p, true)
		for _, link := range p.Links {
			for _, ln := range l.byLink[link] {
				if ln.wire[0] != nil {
					continue
				}
				at := actingPort(link)
				assert.Nil(t, ln.end(at).iface, "%s of %s", at, word)
				assert.NotEqual(t, topology.Host, at.Node.Kind, "%s of %s", at, word)
			}
		}
	}
}

// Where the kernel has VLANs a link is one cable, a switch one bridge, and a host has its networks on top of its bond.
func TestALinkIsOneCableWithTags(t *testing.T) {
	p, err := topology.Load("tagged-core")
	require.NoError(t, err)
	lan, mgmt, san := p.Network("lan"), p.Network("mgmt"), p.Network("storage-b")
	trunk := p.Port("hv1:vmnic1").Peer()
	trunk.Lacks = []*topology.Network{lan}
	l := lay(p, true)
	for _, link := range p.Links {
		require.Len(t, l.byLink[link], 1, link.ID)
	}
	require.Len(t, l.of(trunk.Node).bridges, 1)

	var lets []string
	for _, m := range l.byLink[trunk.Link][0].end(trunk).lets {
		word := m.network.ID
		if m.native {
			word += " native"
		}
		lets = append(lets, word)
	}
	assert.Equal(t, []string{"mgmt native", "storage-a", "storage-b"}, lets, "what the port lacks is not on its list")

	host := p.Node("hv1")
	require.Len(t, l.of(host).bonds, 1, "one bond for all networks")
	bond := l.of(host).bonds[0]
	assert.Equal(t, &bond.device, l.device(host, mgmt), "the native network is on the bond itself")
	assert.Equal(t, san, l.device(host, san).network)
	assert.Equal(t, "core1 lan", l.device(p.Node("core1"), lan).alias)
	for _, tag := range l.of(host).tags {
		assert.Equal(t, &bond.device, tag.on)
		assert.Equal(t, tag.network.VLAN, tag.vlan)
	}
	assert.Len(t, lay(p, false).byLink[trunk.Link], 4, "without VLANs each network is a link of its own")
}
