package topology

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func drawn(t *testing.T, word, format string) string {
	t.Helper()
	p, err := Load(word)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, Draw(&b, p, format))
	return b.String()
}

func TestGoldenDrawings(t *testing.T) {
	for _, word := range []string{"two-core", "leaf-spine"} {
		golden(t, word+".svg", drawn(t, word, "svg"))
		golden(t, word+".dot", drawn(t, word, "dot"))
		golden(t, word+".mmd", drawn(t, word, "mermaid"))
	}
}

// idsIn lists the id attributes of a drawing and fails when it is no XML or has one twice.
func idsIn(t *testing.T, svg string) map[string]bool {
	t.Helper()
	seen := map[string]bool{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return seen
		}
		require.NoError(t, err)
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == "id" {
				require.False(t, seen[a.Value], "id %s is there twice", a.Value)
				seen[a.Value] = true
			}
		}
	}
}

func TestDrawingsHaveStableIDs(t *testing.T) {
	got := idsIn(t, drawn(t, "two-core", "svg"))
	for _, id := range []string{"node-core1", "node-hv4", "link-peer-link", "link-stor-a", "link-hv1-vmnic0", "group-core"} {
		assert.True(t, got[id], "no %s", id)
	}
	p, err := Load("two-core")
	require.NoError(t, err)
	assert.Len(t, got, len(p.Nodes)+len(p.Links)+1, "nothing is folded")
}

func TestLargeFamiliesAreOneBox(t *testing.T) {
	svg := drawn(t, "star:hosts=40", "svg")
	got := idsIn(t, svg)
	assert.Equal(t, map[string]bool{"node-sw": true, "node-h": true, "link-h-eth0": true}, got)
	assert.Contains(t, svg, "h1..h40 (40)")
	assert.Contains(t, svg, "×40")
}

func TestBoxesDoNotOverlap(t *testing.T) {
	for word := range map[string]bool{"two-core": true, "leaf-spine": true, "fat-tree": true, "two-tier": true, "../testdata/topologies/houston.yaml": true} {
		p, err := Load(word)
		require.NoError(t, err)
		s := newSketch(p)
		s.layout()
		for i, a := range s.boxes {
			for _, z := range s.boxes[:i] {
				apart := a.row != z.row || a.x+a.w/2 <= z.x-z.w/2 || z.x+z.w/2 <= a.x-a.w/2
				assert.True(t, apart, "%s: %s and %s overlap", word, a.id, z.id)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	p, err := Load("star")
	require.NoError(t, err)
	assert.ErrorContains(t, Draw(io.Discard, p, "png"), `no format "png", there are svg, dot, mermaid`)
}

func TestRedundantNodesStandTogether(t *testing.T) {
	p, err := Parse("f", []byte(`
topology:
  nodes:
    core1: {kind: switch}
    lab: {kind: switch}
    core2: {kind: switch}
    h: {kind: host, count: 2, ports: {a: core1, b: core2, c: lab}, bonds: {t: {members: [a, b, c]}}}
groups: {core: {redundant: [core1, core2]}}
`))
	require.NoError(t, err)
	s := newSketch(p)
	s.layout()
	assert.Contains(t, s.redundantBoxes(), p.Group("core"))
}
