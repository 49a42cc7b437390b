//go:build unix

package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programme is the program in a process of its own.
func programme(args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	return &exec.Cmd{Path: self, Args: append([]string{"dcdrill"}, args...)}, err
}

// TestSignalWhileReading: a file that never ends stands for one that takes for ever to read. Either signal ends every
// command that reads one, at once.
func TestSignalWhileReading(t *testing.T) {
	for _, line := range []string{"validate FILE", "sweep FILE", "check FILE", "diff two-core FILE", "run FILE", "verify FILE", "graph FILE", "drill FILE"} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(line+"/"+signal.String(), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "endless.yaml")
				require.NoError(t, syscall.Mkfifo(file, 0o600))
				cmd, err := programme(strings.Fields(strings.ReplaceAll(line, "FILE", file))...)
				require.NoError(t, err)
				var errs bytes.Buffer
				cmd.Stderr = &errs
				require.NoError(t, cmd.Start())
				end, err := os.OpenFile(file, os.O_WRONLY, 0) // when it has been opened for reading
				require.NoError(t, err)
				defer end.Close()
				require.NoError(t, cmd.Process.Signal(signal))
				_ = cmd.Wait()
				assert.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode(), errs.String())
				assert.Empty(t, errs.String())
			})
		}
	}
}

// TestSignalWhileSearching interrupts what has said that it will take longer: it prints no answer that looks whole.
func TestSignalWhileSearching(t *testing.T) {
	cmd, err := programme("run", "sconet-2023", "--seeds", "10000")
	require.NoError(t, err)
	var out bytes.Buffer
	cmd.Stdout = &out
	errs, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(errs)
	require.True(t, lines.Scan())
	assert.Contains(t, lines.Text(), "of 10000 seeds")
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	for lines.Scan() { // others may be under way
	}
	_ = cmd.Wait()
	assert.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode())
	assert.Empty(t, out.String())
}
