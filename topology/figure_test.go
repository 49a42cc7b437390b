package topology

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFiguresSayWhereEveryPartIs(t *testing.T) {
	for _, word := range []string{"two-core", "leaf-spine", "fat-tree", "star:hosts=40"} {
		p, err := Load(word)
		require.NoError(t, err)
		f := NewFigure(p)
		ids := idsIn(t, f.SVG)
		for _, n := range p.Nodes {
			assert.True(t, ids[f.Nodes[n.ID]], "%s: node %s is at %q", word, n.ID, f.Nodes[n.ID])
		}
		for _, l := range p.Links {
			assert.True(t, ids[f.Links[l.ID]], "%s: link %s is at %q", word, l.ID, f.Links[l.ID])
		}
		assert.NotContains(t, f.SVG, "<style", "a page has the styles")
	}
}
