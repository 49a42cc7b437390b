package scenarios

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/dcdrill/dcdrill/sim/check"
	_ "github.com/dcdrill/dcdrill/sim/fault"
	_ "github.com/dcdrill/dcdrill/sim/workload"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

var rewrite = flag.Bool("rewrite", false, "write the golden complaints anew")

// TestBrokenFiles compares every file of testdata/scenarios/broken with the complaints that it must lead to.
func TestBrokenFiles(t *testing.T) {
	t.Chdir("../testdata/scenarios/broken")
	files, err := filepath.Glob("*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(path, func(t *testing.T) {
			_, err = Validate("./" + path)
			require.Error(t, err)
			assert.ErrorAs(t, err, new(yamlfile.Problems))
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
