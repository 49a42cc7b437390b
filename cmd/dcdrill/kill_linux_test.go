package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim/kernel"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func init() { roles["arena"] = beArena }

// kill is what the arena is asked to do: play the program, kill one of its processes, and see that nothing is left.
type kill struct {
	Seed uint64
	// User takes the right to make namespaces from the program, as an ordinary user has none.
	User bool
	// Victim is killed: the outside (what a user starts), the inside, a command that runs in a node, or the outside of a
	// plant with daemons.
	Victim string
}

func TestKernelNothingIsLeftOfTheProgramWhoeverIsKilled(t *testing.T) {
	b, err := box.Start(box.Options{Args: []string{"arena"}, Users: true})
	require.NoError(t, err)
	defer b.Close()
	victims := []string{"outside", "inside", "command", "daemons"}
	rounds := 8
	if testing.Short() {
		rounds = len(victims)
	}
	for i := range rounds {
		k := kill{Seed: uint64(i), User: (i+i/len(victims))%2 == 1, Victim: victims[i%len(victims)]}
		require.NoError(t, b.Stream.Call("kill", k, nil), "%+v", k)
	}
}

// beArena is a box with users of its own, so that it can count all network namespaces of those in it.
func beArena() {
	s, err := kernel.Enter()
	if err != nil {
		fmt.Fprintln(os.Stderr, "arena:", err)
		os.Exit(3)
	}
	s.Handle("kill", func(_ context.Context, _ *box.Channel, args json.RawMessage) error {
		var k kill
		if err := json.Unmarshal(args, &k); err != nil {
			return err
		}
		return k.play()
	})
	s.Serve(context.Background())
	os.Exit(0)
}

func (k kill) play() error {
	dir, err := os.MkdirTemp("", "kill")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	out, err := os.MkdirTemp("", "out") // what is in there may be left
	if err != nil {
		return err
	}
	defer os.RemoveAll(out)
	before, err := simtest.Look(dir)
	if err != nil {
		return err
	}
	strike := k.strikeRun
	switch k.Victim {
	case "command":
		strike = k.strikeCommand
	case "daemons":
		strike = k.strikeDaemons
	}
	if err := strike(dir, out); err != nil {
		return err
	}
	return simtest.NothingLeft(dir, before)
}

// strikeRun kills the outside or the inside of a run at a random moment: while it builds, talks, breaks or ends.
func (k kill) strikeRun(dir, out string) error {
	p, err := k.start(dir, "run", "core-pair-reboot", "--world", "kernel", "--out", out)
	if err != nil {
		return err
	}
	dice := rand.New(rand.NewPCG(k.Seed, 11))
	<-time.After(time.Duration(dice.IntN(2500)) * time.Millisecond)
	victim := p.pid
	if inside := find("inside"); k.Victim == "inside" && inside != 0 {
		victim = inside
	}
	if err := unix.Kill(victim, unix.SIGKILL); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	return p.drain()
}

// strikeCommand kills a command in a node, which has left something running behind it, and then the plant.
func (k kill) strikeCommand(dir, out string) error {
	p, err := k.start(dir, "up", "two-core", "--out", out)
	if err != nil {
		return err
	}
	if err := p.until("stands"); err != nil {
		return err
	}
	c, err := k.start(dir, "exec", "hv1", "--", "sh", "-c", "setsid sleep 1001 & echo begun; sleep 1002; true")
	if err != nil {
		return err
	}
	if err := c.until("begun"); err != nil {
		return err
	}
	victim, err := appears("sleep", "1002") // the shell says its word before it starts it
	if err != nil {
		return err
	}
	for _, pid := range []int{victim, p.pid} {
		if err := unix.Kill(pid, unix.SIGKILL); err != nil {
			return fmt.Errorf("kill: %w", err)
		}
	}
	return errors.Join(c.drain(), p.drain())
}

// forking is a plant whose daemon has put something into the background, where no signal to it comes.
const forking = `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    s1: {kind: switch}
    h1: {kind: host, ports: {eth0: s1}, daemons: {forking: {run: [sh, -c, "setsid sleep 1003 & exec sleep 1004"]}}}
    h2: {kind: host, ports: {eth0: s1}}
`

// strikeDaemons kills a plant that runs daemons; they are none of the program's own processes.
func (k kill) strikeDaemons(dir, out string) error {
	file := filepath.Join(out, "forking.yaml")
	if err := os.WriteFile(file, []byte(forking), 0o644); err != nil {
		return err
	}
	p, err := k.start(dir, "up", file, "--out", out)
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"sleep", "1003"}, {"sleep", "1004"}} {
		if _, err := appears(args...); err != nil {
			return err
		}
	}
	if err := unix.Kill(p.pid, unix.SIGKILL); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	return p.drain()
}

// started is dcdrill as users start it, with all that it says.
type started struct {
	pid  int
	said *os.File
	in   *bufio.Reader
}

// start starts the program, from a thread that has lost the right to make namespaces, if asked to: what is taken from a
// thread's bounding set, no program that it starts ever gets.
func (k kill) start(dir string, args ...string) (*started, error) {
	said, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Args[0] = "dcdrill"
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.Stdout, cmd.Stderr = theirs, theirs
	errs := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked
		if k.User {
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_ADMIN, 0, 0, 0); err != nil {
				errs <- err
				return
			}
		}
		errs <- cmd.Start() // the arena's first process takes it away when it is dead
	}()
	if err := <-errs; err != nil {
		return nil, errors.Join(err, said.Close())
	}
	return &started{cmd.Process.Pid, said, bufio.NewReader(said)}, nil
}

// until reads until the program says a word.
func (p *started) until(word string) error {
	var all strings.Builder
	for {
		line, err := p.in.ReadString('\n')
		all.WriteString(line)
		if strings.Contains(line, word) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it never said %q: %w\n%s", word, err, all.String())
		}
	}
}

// drain reads until all that could write have gone.
func (p *started) drain() error {
	_, err := io.Copy(io.Discard, p.in)
	return errors.Join(err, p.said.Close())
}

// appears waits until there is a process with these last arguments.
func appears(args ...string) (int, error) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(scriptPatience); ; {
		if pid := find(args...); pid != 0 {
			return pid, nil
		}
		select {
		case <-tick.C:
		case <-late:
			return 0, fmt.Errorf("find %q: not within %s", args, scriptPatience)
		}
	}
}

// find is a process by its last arguments; 0 when there is none.
func find(args ...string) int {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, d := range dirs {
		b, _ := os.ReadFile(filepath.Join(d, "cmdline"))
		all := strings.Split(strings.TrimSuffix(string(b), "\x00"), "\x00")
		if len(all) >= len(args) && slices.Equal(all[len(all)-len(args):], args) {
			pid, _ := strconv.Atoi(filepath.Base(d))
			return pid
		}
	}
	return 0
}
