package topology

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// examples are all the files that tests have, good and bad.
func examples(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"../testdata/topologies/*.yaml", "../testdata/topologies/broken/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, path := range files {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			all[filepath.Base(path)] = string(data)
		}
	}
	for _, word := range []string{"two-core", "leaf-spine", "fat-tree", "two-tier:racks=2,hosts=1", "star"} {
		text, err := Text(word)
		require.NoError(t, err)
		all[word] = text
	}
	return all
}

func TestSameFileSamePlant(t *testing.T) {
	for name, text := range examples(t) {
		first, err := Parse(name, []byte(text))
		if err != nil {
			continue
		}
		for range 20 {
			again, err := Parse(name, []byte(text))
			require.NoError(t, err)
			require.Equal(t, dump(first), dump(again))
		}
	}
}

// TestPrintedPlantIsTheSame holds for logs, which carry the printed form after all overrides.
func TestPrintedPlantIsTheSame(t *testing.T) {
	for name, text := range examples(t) {
		n, err := yamlfile.Parse(name, []byte(text))
		if err != nil {
			continue
		}
		plant, err := FromNode(n)
		if err != nil {
			continue
		}
		again, err := Parse(name, []byte(n.String()))
		require.NoError(t, err, n.String())
		assert.Equal(t, withoutPlaces(dump(plant)), withoutPlaces(dump(again)))
	}
}

func withoutPlaces(dump string) string {
	var kept []string
	for _, line := range strings.Split(dump, "\n") {
		if !strings.HasPrefix(line, "workload") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// TestShuffledFilesNeverPanic makes nonsense of good files: values swapped, lines lost, words changed.
func TestShuffledFilesNeverPanic(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	built := 0
	for _, text := range examples(t) {
		words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n{}[]:,\"#", r) })
		for range 150 {
			broken := text
			for range 1 + dice.IntN(3) {
				from, to := words[dice.IntN(len(words))], words[dice.IntN(len(words))]
				broken = replaceNth(broken, from, to, dice.IntN(4))
			}
			p, err := Parse("f", []byte(broken))
			if err != nil {
				require.NotEmpty(t, err.Error())
				continue
			}
			built++
			sound(t, p)
		}
	}
	assert.Greater(t, built, 100)
}

func replaceNth(s, from, to string, n int) string {
	parts := strings.SplitN(s, from, n+2)
	if len(parts) < n+2 {
		return s
	}
	return strings.Join(parts[:n+1], from) + to + parts[n+1]
}

// sound checks what every reader of a plant relies on.
func sound(t *testing.T, p *Plant) {
	t.Helper()
	addresses := map[string]string{}
	for i, n := range p.Nodes {
		require.Equal(t, i, n.Index)
		for j, port := range n.Ports {
			require.Equal(t, j, port.Index)
			require.NotNil(t, port.Link, port)
			require.NotEmpty(t, port.Link.Networks, port)
			require.Same(t, port, port.Peer().Peer())
		}
		for _, b := range n.Bonds {
			require.NotEmpty(t, b.Members, b)
		}
		for _, x := range n.Interfaces {
			require.True(t, x.Network.Subnet.Contains(x.Addr.Addr()), "%s: %s not in %s", x, x.Addr, x.Network.Subnet)
			key := fmt.Sprint(x.Addr.Addr())
			require.Empty(t, addresses[key], "%s and %s have %s", addresses[key], x, key)
			addresses[key] = x.String()
		}
	}
	for _, n := range p.Networks {
		if g := n.Gateway; g != nil {
			require.True(t, n.Subnet.Contains(g.Addr), "%s of %s", g.Addr, n.ID)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range examples(f) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("f.yaml", data)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		sound(t, p)
		p.InferredPairs()
	})
}

// A port of a controller may be wired where all other ports are.
func TestPortsOfControllersAreWiredUnderPorts(t *testing.T) {
	p, err := Parse("x.yaml", []byte(`
networks: {san: {subnet: 10.0.21.0/24}}
topology:
  nodes:
    sw: {kind: switch, count: 2}
    array:
      kind: storage
      count: 2
      controllers: {a: {ports: [e0]}, b: {ports: [e0]}}
      ports: {a/e0: {to: sw1, networks: [san]}, b/e0: {to: sw2, networks: [san]}}
`))
	require.NoError(t, err)
	for _, id := range []string{"array1", "array2"} {
		for i, c := range p.Node(id).Array.Controllers {
			require.Len(t, c.Ports, 1, "%s %s", id, c.ID)
			assert.Equal(t, p.Nodes[i], c.Ports[0].Peer().Node, "%s %s", id, c.ID)
		}
	}
}
