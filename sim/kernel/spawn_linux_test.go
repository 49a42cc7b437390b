package kernel

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

// nodeA is node a of two, reached through a stream.
func nodeA(t *testing.T) (via *box.Stream, a *place) {
	t.Helper()
	a, _, _ = twoPlaces(t)
	near, far := streams(t)
	far.Handle(ExecVerb, serveExec(func(node string) (*place, error) {
		if node != "a" {
			return nil, fmt.Errorf("no node %s", node)
		}
		return a, nil
	}))
	return near, a
}

// sh runs a shell line in node a.
func sh(t *testing.T, via box.Opener, line, input string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code, err := Exec(t.Context(), via, Command{Node: "a", Args: []string{"/bin/sh", "-c", line}},
		Stdio{In: strings.NewReader(input), Out: &o, Err: &e})
	require.NoError(t, err)
	return code, o.String(), e.String()
}

func TestACommandRunsInItsNode(t *testing.T) {
	via, _ := nodeA(t)
	code, out, errs := sh(t, via, "cat; hostname; ls /sys/class/net; echo oops >&2; exit 3", "in\n")
	assert.Equal(t, 3, code)
	assert.Equal(t, "in\na\ne0\nlo\n", out)
	assert.Equal(t, "oops\n", errs)
	host, err := os.Hostname()
	require.NoError(t, err)
	assert.NotEqual(t, "a", host, "the name is the process's alone")
}

// TestAProcessInANodeIsReachedThroughTheSocket goes all the way of `dcdrill exec`.
func TestAProcessInANodeIsReachedThroughTheSocket(t *testing.T) {
	via, _ := nodeA(t)
	run, err := box.ListenControl("plant", via, ExecVerb)
	require.NoError(t, err)
	defer run.Close()
	code, out, _ := sh(t, run.Control, "cat; hostname; exit 3", "hello\n")
	assert.Equal(t, 3, code)
	assert.Equal(t, "hello\na\n", out)
}

func TestMuchInputAndOutput(t *testing.T) {
	via, _ := nodeA(t)
	in := strings.Repeat("0123456789abcdef", 1<<16)
	_, out, _ := sh(t, via, "cat", in)
	assert.Equal(t, len(in), len(out))
	assert.True(t, in == out)
}

func TestACommandThatIsNone(t *testing.T) {
	via, _ := nodeA(t)
	_, err := Exec(t.Context(), via, Command{Node: "a", Args: []string{"/no/such/thing"}}, Stdio{})
	require.ErrorContains(t, err, "no such file")
	_, err = Exec(t.Context(), via, Command{Node: "b", Args: []string{"true"}}, Stdio{})
	require.ErrorContains(t, err, "no node b")
}

func TestSignalsAreTold(t *testing.T) {
	via, _ := nodeA(t)
	signals := make(chan os.Signal, 1)
	var out waitingBuffer
	go func() {
		out.wait("ready")
		signals <- unix.SIGTERM
	}()
	code, err := Exec(t.Context(), via, Command{Node: "a", Args: []string{"/bin/sh", "-c", "echo ready; exec sleep 1000"}},
		Stdio{Out: &out, Signals: signals})
	require.NoError(t, err)
	require.Equal(t, 128+15, code)
}

// TestAProcessEndsWithWhoeverWantsIt kills one that reads no input, whose caller has more to say and goes away.
func TestAProcessEndsWithWhoeverWantsIt(t *testing.T) {
	via, _ := nodeA(t)
	ctx, cancel := context.WithCancel(t.Context())
	var out waitingBuffer
	go func() {
		out.wait("ready")
		cancel()
	}()
	_, err := Exec(ctx, via, Command{Node: "a", Args: []string{"/bin/sh", "-c", "echo ready; exec sleep 1000"}},
		Stdio{In: zeros{}, Out: &out})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, simtest.Alone())
}

func TestAPowerLossTakesProcesses(t *testing.T) {
	via, a := nodeA(t)
	var out waitingBuffer
	go func() {
		out.wait("ready")
		a.enter(topology.Off)
	}()
	code, err := Exec(t.Context(), via, Command{Node: "a", Args: []string{"/bin/sh", "-c", "echo ready; exec sleep 1000"}}, Stdio{Out: &out})
	require.NoError(t, err)
	require.Equal(t, 128+9, code)
	require.NoError(t, simtest.Alone())
}

func TestATerminalIsOne(t *testing.T) {
	via, _ := nodeA(t)
	sizes := make(chan Size, 1)
	var out waitingBuffer
	go func() {
		out.wait("24 80")
		sizes <- Size{Columns: 132, Rows: 50}
	}()
	line := `tty -s || exit 9; trap 'stty size; exit 4' WINCH; stty size; while :; do sleep 0.01; done`
	code, err := Exec(t.Context(), via, Command{Node: "a", Args: []string{"/bin/sh", "-c", line}, Terminal: &Size{80, 24}, Term: "xterm"},
		Stdio{Out: &out, Resizes: sizes})
	require.NoError(t, err)
	assert.Equal(t, 4, code)
	assert.Contains(t, out.String(), "50 132")
}

func TestAShellOnATerminalEndsWithItsInput(t *testing.T) {
	via, _ := nodeA(t)
	t.Setenv("SHELL", "/bin/sh")
	var out waitingBuffer
	code, err := Exec(t.Context(), via, Command{Node: "a", Terminal: &Size{80, 24}}, Stdio{In: strings.NewReader("echo $((6*7))\n"), Out: &out})
	require.NoError(t, err)
	assert.Equal(t, 0, code)
	assert.Contains(t, out.String(), "42")
}

// waitingBuffer is output that somebody waits for.
type waitingBuffer struct {
	mu   sync.Mutex
	cond *sync.Cond
	buf  bytes.Buffer
}

// lock is for `defer w.lock()()`.
func (w *waitingBuffer) lock() (unlock func()) {
	w.mu.Lock()
	if w.cond == nil {
		w.cond = sync.NewCond(&w.mu)
	}
	return w.mu.Unlock
}

func (w *waitingBuffer) Write(b []byte) (int, error) {
	defer w.lock()()
	defer w.cond.Broadcast()
	return w.buf.Write(b)
}

func (w *waitingBuffer) String() string {
	defer w.lock()()
	return w.buf.String()
}

func (w *waitingBuffer) wait(what string) {
	defer w.lock()()
	for !strings.Contains(w.buf.String(), what) {
		w.cond.Wait()
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }
