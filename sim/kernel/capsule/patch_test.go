package capsule

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A patch changes what is User-Mode Linux's own, or says why not, and begins with its reason.
func TestOurPatchesAreWhole(t *testing.T) {
	names, err := patchesIn(patches)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := patches.ReadFile(name)
		require.NoError(t, err)
		files, reason, err := gitdiff.Parse(bytes.NewReader(text))
		require.NoError(t, err, name)
		assert.True(t, strings.HasPrefix(reason, "um: "), name)
		require.NotEmpty(t, files, name)
		for _, f := range files {
			ours := strings.HasPrefix(f.NewName, "arch/um/") || strings.HasPrefix(f.NewName, "arch/x86/um/") || f.NewName == "drivers/char/random.c"
			assert.True(t, ours, "%s changes %s", name, f.NewName)
		}
	}
}

func TestAPatchChangesMakesAndRefuses(t *testing.T) {
	const patch = `why
---
diff --git a/dir/old b/dir/old
--- a/dir/old
+++ b/dir/old
@@ -1,3 +1,3 @@
 one
-two
+2
 three
diff --git a/dir/new b/dir/new
new file mode 100644
--- /dev/null
+++ b/dir/new
@@ -0,0 +1 @@
+fresh
`
	tree := t.TempDir()
	old := filepath.Join(mkdir(t, filepath.Join(tree, "dir")), "old")
	require.NoError(t, os.WriteFile(old, []byte("one\ntwo\nthree\n"), 0o600))
	require.NoError(t, applyPatch([]byte(patch), tree))
	for file, want := range map[string]string{"old": "one\n2\nthree\n", "new": "fresh\n"} {
		got, err := os.ReadFile(filepath.Join(tree, "dir", file))
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
	require.ErrorContains(t, applyPatch([]byte(patch), tree), "change dir/old", "it is of another version now")
	require.Error(t, applyPatch([]byte("why\n"), tree))
}
