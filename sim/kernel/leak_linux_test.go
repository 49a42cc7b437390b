package kernel

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
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// These tests kill. The players are copies of this binary:
//
//	arena      a box with users of its own, so that it can count all network namespaces of those in it
//	  outside  what a user starts: it starts a box
//	    inside builds a plant, runs a process in a node, and waits
//
// The arena starts an outside, kills it or its inside at a random moment, and looks what is left of them.

// round is what the arena is asked to do.
type round struct {
	Seed uint64
	// User takes the right to make namespaces from the outside, as an ordinary user has none: it needs user namespaces.
	User bool
	// Standing waits until the plant stands before it kills; otherwise that may be in the middle of anything.
	Standing bool
	// Inside kills the inside instead of the outside.
	Inside bool
}

func TestNothingIsLeftWhoeverIsKilledWhenever(t *testing.T) {
	b, err := box.Start(box.Options{Args: []string{"-test.run=^$"}, Env: []string{roleEnv + "=arena"}, Users: true})
	require.NoError(t, err)
	defer b.Close()
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	for i := range rounds {
		r := round{Seed: uint64(i), User: i%2 == 1, Standing: i%4 > 1, Inside: i%8 > 3}
		require.NoError(t, b.Stream.Call("round", r, nil), "%+v", r)
	}
}

// beArena answers rounds.
func beArena() int {
	s, err := box.Enter()
	if err != nil {
		fmt.Fprintln(os.Stderr, "arena:", err)
		return 3
	}
	s.Handle("round", func(_ context.Context, _ *box.Channel, args json.RawMessage) error {
		var r round
		if err := json.Unmarshal(args, &r); err != nil {
			return err
		}
		return r.play()
	})
	s.Serve(context.Background())
	return 0
}

func (r round) play() error {
	dir, err := os.MkdirTemp("", "arena")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	before, err := simtest.Look(dir)
	if err != nil {
		return err
	}
	if err := r.kill(dir); err != nil {
		return err
	}
	return simtest.NothingLeft(dir, before)
}

// kill starts an outside and kills it or its inside.
func (r round) kill(dir string) error {
	cmd := exec.Command("/proc/self/exe", "-test.run=^$")
	cmd.Env = append(os.Environ(), roleEnv+"=outside", "TMPDIR="+dir)
	var complaint strings.Builder
	cmd.Stderr, cmd.WaitDelay = &complaint, time.Second
	said, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := startWithout(cmd, r.User); err != nil {
		return err
	}
	dice := rand.New(rand.NewPCG(r.Seed, 7))
	if r.Standing {
		if line, err := bufio.NewReader(said).ReadString('\n'); err != nil {
			return fmt.Errorf("the plant does not stand: %q %w %s", line, errors.Join(err, box.WaitChild(cmd)), complaint.String())
		}
	}
	<-time.After(time.Duration(dice.IntN(60)) * time.Millisecond)
	victim := cmd.Process.Pid
	if inside := childOf(victim); r.Inside && inside != 0 {
		victim = inside
	}
	if err := unix.Kill(victim, unix.SIGKILL); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	_, _ = io.Copy(io.Discard, said)
	_ = box.WaitChild(cmd) // it was killed, or says that its inside was
	return nil
}

// startWithout starts a process that lacks the right to make namespaces, if asked to: what is taken from a thread's
// bounding set, no program that it starts ever gets.
func startWithout(cmd *exec.Cmd, right bool) error {
	errs := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked
		if right {
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_ADMIN, 0, 0, 0); err != nil {
				errs <- err
				return
			}
		}
		errs <- box.StartChild(cmd)
	}()
	return <-errs
}

// childOf is the first child of a process; 0 when it has none yet.
func childOf(pid int) int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, l := range lists {
		b, _ := os.ReadFile(l)
		if first := strings.Fields(string(b)); len(first) > 0 {
			child, _ := strconv.Atoi(first[0])
			return child
		}
	}
	return 0
}

// beOutside starts a box, says when the plant in it stands, and waits for its end.
func beOutside() int {
	b, err := box.Start(box.Options{Args: []string{"-test.run=^$"}, Env: []string{roleEnv + "=inside"}})
	if err != nil {
		fmt.Fprintln(os.Stderr, "outside:", err)
		return 3
	}
	if _, err := box.ListenControl("plant", b.Stream); err != nil {
		fmt.Fprintln(os.Stderr, "outside:", err)
		return 3
	}
	b.Stream.Handle("standing", func(context.Context, *box.Channel, json.RawMessage) error {
		fmt.Println("standing")
		return nil
	})
	go b.Stream.Serve(context.Background())
	_ = b.Wait()
	return 1
}

// beInside builds a plant and runs a process in a node.
func beInside() int {
	s, err := box.Enter()
	if err != nil {
		return 3
	}
	f, err := build(twoCore(), false, false)
	if err != nil {
		fmt.Fprintln(os.Stderr, "inside:", err)
		return 3
	}
	n := f.plant.Nodes[0]
	if err := newPlace(n, f.netns(n), NewClock(true), nil).start(exec.Command("sleep", "1000"), nil); err != nil {
		fmt.Fprintln(os.Stderr, "inside:", err)
		return 3
	}
	if err := s.Call("standing", nil, nil); err != nil {
		return 3
	}
	select {}
}
