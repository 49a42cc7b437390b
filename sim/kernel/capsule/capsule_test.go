package capsule

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

func TestTheLatestKernelOfThisConfigurationIsFound(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv(PathEnv, "")
	_, err := Find()
	var missing *box.Unavailable
	require.ErrorAs(t, err, &missing)
	folder, err := Folder()
	require.NoError(t, err)
	put := func(key string, built time.Time) {
		work, err := os.MkdirTemp(mkdir(t, folder), ".ready-")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(work, kernelFile), []byte(key), 0o755))
		_, err = Info{Source: key, Built: built}.keep(work, key)
		require.NoError(t, err)
	}
	now := time.Now()
	put(configKey()+"-old", now.Add(-time.Hour))
	put(configKey()+"-new", now)
	put("another-newer", now.Add(time.Hour))
	put(configKey()+"-new", now) // once more, over what is there
	i, err := Find()
	require.NoError(t, err)
	assert.Equal(t, configKey()+"-new", i.Source)
	assert.FileExists(t, i.Path)
	left, err := filepath.Glob(filepath.Join(folder, ".*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func mkdir(t *testing.T, folder string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(folder, 0o755))
	return folder
}

func TestOptionsThatASourceDoesNotTakeAreNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), ".config")
	require.NoError(t, os.WriteFile(file, []byte("CONFIG_NET=y\n"), 0o600))
	require.ErrorContains(t, lacks(file), "CONFIG_UML_TIME_TRAVEL_SUPPORT=y")
	require.NoError(t, extend(file))
	assert.NoError(t, lacks(file))
}

func TestTheCandidateOfAPackage(t *testing.T) {
	policy := "linux-source-6.12:\n  Installed: (none)\n  Candidate: 6.12.117-1~deb12u1\n  Version table:\n"
	assert.Equal(t, "6.12.117-1~deb12u1", candidate(policy))
	assert.Empty(t, candidate("x:\n  Installed: (none)\n  Candidate: (none)\n"))
	assert.Empty(t, candidate(""))
}

func TestAllMissingToolsAreNamedWithTheirPackages(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := need([]tool{{"flex", "flex"}, {"ld", "binutils"}})
	var missing *box.Unavailable
	require.ErrorAs(t, err, &missing)
	assert.Contains(t, missing.What, "flex, ld")
	assert.Contains(t, missing.Remedy, "flex binutils")
}

func TestAFullDiskAndAReadOnlyCacheHaveARemedy(t *testing.T) {
	for _, err := range []error{errors.New("make: cc1: No space left on device"), syscall.ENOSPC, syscall.EROFS, os.ErrPermission} {
		var missing *box.Unavailable
		require.ErrorAs(t, room(err, "/cache"), &missing)
		assert.Contains(t, missing.Remedy, "XDG_CACHE_HOME")
	}
	var missing *box.Unavailable
	assert.False(t, errors.As(room(errors.New("make: Error 2"), "/cache"), &missing))
}
