package topology

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

const daemonPlant = `topology:
  nodes:
    left:
      kind: router
      daemons:
        bird: left.conf
        keepalived: {text: "vrrp_instance x {}"}
        zebra: {config: zebra.conf, run: [/usr/lib/frr/zebra, -f, "{config}", -u, root]}
        lldpd: {run: [lldpd, -d]}
    right: {kind: router, ports: {e1: left}}
`

func TestDaemonsAreKnownByNameOrByTheirCommand(t *testing.T) {
	p, err := Parse("plant.yaml", []byte(daemonPlant))
	require.NoError(t, err)
	require.Len(t, p.Nodes[0].Daemons, 4)
	bird, vrrp, zebra, lldpd := p.Nodes[0].Daemons[0], p.Nodes[0].Daemons[1], p.Nodes[0].Daemons[2], p.Nodes[0].Daemons[3]
	assert.Equal(t, []string{"bird", "-f", "-c", ConfigWord}, bird.Run)
	assert.Equal(t, "left.conf", bird.File)
	assert.Equal(t, "bird2", bird.Package)
	assert.Equal(t, "vrrp_instance x {}", vrrp.Config)
	assert.Equal(t, []string{"/usr/lib/frr/zebra", "-f", ConfigWord, "-u", "root"}, zebra.Run)
	assert.Equal(t, []string{"lldpd", "-d"}, lldpd.Run)
	assert.True(t, p.RunsDaemons())
	assert.True(t, p.Routing.Daemons)
	assert.False(t, p.Routing.Stated)
	assert.Empty(t, p.Nodes[1].Daemons)
}

func TestConfigsAreReadOnceForEachNameWithItsPlace(t *testing.T) {
	root, err := yamlfile.Parse("dir/plant.yaml", []byte(daemonPlant))
	require.NoError(t, err)
	var asked []string
	patch := Configs(root, func(name *yamlfile.Node) (string, bool) {
		asked = append(asked, name.Pos().String()+" "+name.Text())
		return "# of " + name.Text() + "\n", name.Text() != "zebra.conf"
	})
	assert.Equal(t, []string{"dir/plant.yaml:6:15 left.conf", "dir/plant.yaml:8:25 zebra.conf"}, asked)
	p, err := FromNode(yamlfile.Merge(root, patch))
	require.NoError(t, err)
	assert.Equal(t, "# of left.conf\n", p.Nodes[0].Daemons[0].Config)
	assert.Equal(t, "left.conf", p.Nodes[0].Daemons[0].File)
	assert.Empty(t, p.Nodes[0].Daemons[2].Config, "it could not be read")
	assert.Nil(t, Configs(yamlfile.Merge(root, patch).Without("topology"), nil), "without any there is nothing to put")
}
