package topology

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBrokenFiles compares every file of testdata/topologies/broken with the complaints that it must lead to.
func TestBrokenFiles(t *testing.T) {
	files, err := filepath.Glob("../testdata/topologies/broken/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			_, err = Parse(filepath.Base(path), data)
			require.Error(t, err)
			want := strings.TrimSuffix(path, ".yaml") + ".txt"
			if *rewrite {
				require.NoError(t, os.WriteFile(want, []byte(err.Error()+"\n"), 0o644))
			}
			text, readErr := os.ReadFile(want)
			require.NoError(t, readErr)
			assert.Equal(t, string(text), err.Error()+"\n")
		})
	}
}
