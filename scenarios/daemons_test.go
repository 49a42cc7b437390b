package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

const birdPlant = `topology:
  nodes:
    left:  {kind: router, daemons: {bird: conf/left.conf}}
    right: {kind: router, daemons: {bird: {config: conf/right.conf}}, ports: {e1: left}}
`

// birdFiles writes a plant with its daemons' configurations, and a scenario elsewhere that plays it.
func birdFiles(t *testing.T, extra string) (scenario string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"plant/plant.yaml":      birdPlant,
		"plant/conf/left.conf":  "router id 10.0.0.1;  # left\n",
		"plant/conf/right.conf": "router id 10.0.0.2;\n",
		"other/right.conf":      "router id 10.0.0.3;\n",
		"other/drill.yaml":      "topology: ../plant/plant.yaml\n" + extra,
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return filepath.Join(dir, "other/drill.yaml")
}

func configsOf(t *testing.T, sc *sim.Scenario) []string {
	t.Helper()
	var all []string
	for _, n := range sc.Plant.Nodes {
		for _, d := range n.Daemons {
			all = append(all, d.Config)
		}
	}
	return all
}

func TestConfigurationsAreFoundFromTheFileThatNamesThem(t *testing.T) {
	patch := "variants: {third: {topology: {topology: {nodes: {right: {daemons: {bird: {config: right.conf}}}}}}}}\n"
	file := birdFiles(t, patch)
	sc, err := Load(file, Options{})
	require.NoError(t, err)
	want := []string{"router id 10.0.0.1;  # left\n", "router id 10.0.0.2;\n"}
	assert.Equal(t, want, configsOf(t, sc))
	sc, err = Load(file, Options{Variant: "third"})
	require.NoError(t, err)
	assert.Equal(t, []string{want[0], "router id 10.0.0.3;\n"}, configsOf(t, sc), "the variant's is beside the scenario")

	require.NoError(t, os.RemoveAll(filepath.Dir(filepath.Dir(file))))
	again, err := Replay(sim.HeaderData{Text: sc.Text, Topology: sc.TopologyText})
	require.NoError(t, err, "a log needs no other file")
	assert.Equal(t, configsOf(t, sc), configsOf(t, again))
}

func TestAConfigurationThatCannotBeReadIsAProblemOfItsPlace(t *testing.T) {
	file := birdFiles(t, "")
	plant := filepath.Join(filepath.Dir(file), "../plant")
	require.NoError(t, os.Remove(filepath.Join(plant, "conf/left.conf")))
	require.NoError(t, os.WriteFile(filepath.Join(plant, "conf/right.conf"), []byte(strings.Repeat("x", mostConfig+1)), 0o600))
	_, err := Load(file, Options{})
	require.ErrorContains(t, err, "plant.yaml:3:43: read configuration")
	assert.ErrorContains(t, err, "left.conf: no such file or directory")
	assert.ErrorContains(t, err, "plant.yaml:4:52: configuration")
	_, err = Topology(filepath.Join(plant, "plant.yaml"))
	assert.ErrorContains(t, err, "left.conf: no such file or directory")
}
