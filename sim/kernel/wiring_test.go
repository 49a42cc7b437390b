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
	for _, word := range []string{"two-core", "leaf-spine", "fat-tree", "two-tier", "star"} {
		t.Run(word, func(t *testing.T) {
			p, err := topology.Load(word)
			require.NoError(t, err)
			l := lay(p)
			require.Equal(t, devicesOf(l), devicesOf(lay(p)), "the same plant in the same layout")
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
	for _, word := range []string{"two-core", "leaf-spine", "fat-tree"} {
		p, err := topology.Load(word)
		require.NoError(t, err)
		l := lay(p)
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
