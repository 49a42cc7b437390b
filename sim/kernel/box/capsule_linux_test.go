package box

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

// capsuleKernel finds the kernel as package capsule does, which imports this one. A machine without it leaves the tests of the
// capsule out and says so; the pipeline builds it.
func capsuleKernel(t *testing.T) string {
	t.Helper()
	if raced() {
		t.Skip("not under the race detector: its shadow memory does not fit into a capsule")
	}
	if path := os.Getenv("DCDRILL_CAPSULE"); path != "" {
		return path
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join(cache, "dcdrill/capsule/*/linux"))
	require.NoError(t, err)
	if len(found) == 0 {
		t.Skip("NOT TESTED: there is no capsule here; make capsule builds it, once")
	}
	return slices.MaxFunc(found, func(a, b string) int { return modified(t, a).Compare(modified(t, b)) })
}

func modified(t *testing.T, file string) time.Time {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	return info.ModTime()
}

// raced says whether this test binary was built with the race detector.
func raced() bool {
	built, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(built.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// startRole starts a capsule whose inside is this test binary, as something.
func startRole(t *testing.T, role string, still time.Duration) *Box {
	t.Helper()
	b, err := Start(Options{Capsule: capsuleKernel(t), Env: []string{roleEnv + "=" + role}, Still: still, Memory: 128 << 20})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// beInCapsule is what this test binary is inside a capsule.
func beInCapsule() int {
	s, err := Enter()
	if err != nil {
		return 3
	}
	s.Handle("begin", func(_ context.Context, ch *Channel, _ json.RawMessage) error {
		role, file, _ := strings.Cut(os.Getenv(roleEnv), " ")
		switch role {
		case "writer":
			return os.WriteFile(file, []byte("here"), 0o600)
		case "dead":
			println("these are its last words")
			os.Exit(7)
		case "busy":
			for i := 0; ; i++ {
				_ = i
			}
		case "greedy":
			var all [][]byte
			for {
				all = append(all, make([]byte, 64<<20))
				for i := 0; i < len(all[len(all)-1]); i += 4096 {
					all[len(all)-1][i] = 1
				}
			}
		case "asleep":
			start := time.Now()
			time.Sleep(24 * time.Hour)
			return ch.SendJSON(Value, time.Since(start))
		}
		return nil
	})
	s.Serve(context.Background())
	return 0
}

func TestADayInACapsuleTakesAMoment(t *testing.T) {
	b := startRole(t, "asleep", 0)
	start := time.Now()
	var slept time.Duration
	require.NoError(t, b.Stream.Call("begin", nil, &slept))
	assert.InDelta(t, 24*time.Hour, slept, float64(time.Second))
	assert.Less(t, time.Since(start), 10*time.Minute, "however busy the machine is")
}

func TestTheCapsuleMayNotWriteToTheMachine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "written")
	b := startRole(t, "writer "+file, 0)
	require.ErrorContains(t, b.Stream.Call("begin", nil, nil), "read-only file system")
	assert.NoFileExists(t, file)
}

func TestACapsuleThatFallsSaysWhy(t *testing.T) {
	for role, want := range map[string]string{
		"dead":   "these are its last words",
		"busy":   "time has stood still for 3s",
		"greedy": "Kernel panic",
	} {
		t.Run(role, func(t *testing.T) {
			still := time.Minute
			if role == "busy" {
				still = 3 * time.Second
			}
			b := startRole(t, role, still)
			require.Error(t, b.Stream.Call("begin", nil, nil))
			select {
			case <-b.Done():
			case <-time.After(2 * time.Minute):
				t.Fatal("it goes on")
			}
			var fallen *Fallen
			require.ErrorAs(t, b.Wait(), &fallen)
			assert.Contains(t, fallen.Error(), want)
		})
	}
}

// beCapsuled starts a capsule and waits to be killed.
func beCapsuled() int {
	if _, err := Start(Options{Capsule: os.Getenv("DCDRILL_CAPSULE"), Env: []string{roleEnv + "=asleep"}}); err != nil {
		println(err.Error())
		return 3
	}
	println("it stands")
	time.Sleep(time.Minute)
	return 0
}

// kernelsOf counts the processes that run a kernel at a path of its own.
func kernelsOf(t *testing.T, path string) int {
	t.Helper()
	n := 0
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, file := range all {
		line, _ := os.ReadFile(file) // it may have gone
		if strings.HasPrefix(string(line), path+"\x00") {
			n++
		}
	}
	return n
}

func TestKillNineLeavesNothingOfACapsule(t *testing.T) {
	defer reapOrphans()() // the keeper outlives who started it, and is ours then
	kernel, err := os.ReadFile(capsuleKernel(t))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "linux-of-this-test")
	require.NoError(t, os.WriteFile(path, kernel, 0o755))
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleEnv+"=capsuled", "DCDRILL_CAPSULE="+path)
	said, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, StartChild(cmd))
	word := make([]byte, 9)
	_, err = said.Read(word)
	require.NoError(t, err)
	require.Equal(t, "it stands", string(word))
	require.NotZero(t, kernelsOf(t, path))
	require.NoError(t, cmd.Process.Kill())
	_ = WaitChild(cmd)
	require.Eventually(t, func() bool { return kernelsOf(t, path) == 0 }, 5*time.Second, 10*time.Millisecond)
	require.NoError(t, simtest.Alone())
}
