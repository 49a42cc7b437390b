package topology

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShapesAreWhatTheySay(t *testing.T) {
	for word, want := range map[string]struct{ nodes, links int }{
		"two-core":                              {13, 26},
		"leaf-spine":                            {16, 19},
		"leaf-spine:spines=4,leaves=16,hosts=8": {150, 197},
		"fat-tree":                              {36, 48},
		"fat-tree:k=8":                          {80 + 128, 384},
		"star:hosts=64":                         {65, 64},
		"two-tier":                              {74, 81},
	} {
		t.Run(word, func(t *testing.T) {
			p, err := Load(word)
			require.NoError(t, err)
			assert.Len(t, p.Nodes, want.nodes)
			assert.Len(t, p.Links, want.links)
			assert.Empty(t, p.Needs)
			for _, n := range p.Nodes {
				for _, port := range n.Ports {
					assert.NotEmpty(t, port.Link.Networks, "%s carries nothing", port)
				}
			}
		})
	}
}

func TestGoldenPlants(t *testing.T) {
	for _, name := range []string{"two-core", "leaf-spine", "fat-tree"} {
		p, err := Load(name)
		require.NoError(t, err)
		golden(t, name+".txt", dump(p))
	}
}

func TestWrongShapes(t *testing.T) {
	for word, want := range map[string]string{
		"leaf-spine:spine=3":    `leaf-spine has no parameter "spine": it has spines, leaves, hosts`,
		"leaf-spine:spines=two": `want a whole number, this is "two"`,
		"leaf-spine:spines=0":   "spines is 0, want 1 to 1000",
		"star:hosts=99999":      "hosts is 99999, want 1 to 1000",
		"fat-tree:k=3":          "k is 3, want an even number up to 40",
		"fat-tree:k=100":        "k is 100, want an even number up to 40",
		"leaf-spine:{":          "write leaf-spine:spines=2,leaves=2,hosts=4",
		"leaf-spne":             `no file "leaf-spne", and no built-in topology of that name`,
	} {
		_, err := Load(word)
		assert.ErrorContains(t, err, want)
	}
}
