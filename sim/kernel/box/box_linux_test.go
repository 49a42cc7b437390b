package box

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestTheBoxIsEmpty(t *testing.T) {
	require.Equal(t, 1, os.Getpid())
	links, err := net.Interfaces()
	require.NoError(t, err)
	require.Len(t, links, 1, "nothing but the loopback: %v", links)
}

// startUnboxed starts an inside with some namespaces only.
func startUnboxed(t *testing.T, flags uintptr) error {
	t.Helper()
	ours, theirs, err := streamPair()
	require.NoError(t, err)
	defer ours.Close()
	b := &Box{cmd: Options{Args: []string{"-test.run=^$"}, Env: []string{roleEnv + "=idle"}}.command(theirs), done: make(chan struct{})}
	b.cmd.SysProcAttr.Cloneflags = flags
	require.NoError(t, b.start())
	theirs.Close()
	defer b.kill()
	here, err := namespaces()
	require.NoError(t, err)
	return b.handshake(ours, here)
}

func TestTheInsideRefusesTheHostsNamespaces(t *testing.T) {
	before, err := os.ReadFile("/proc/thread-self/mountinfo")
	require.NoError(t, err)
	require.ErrorContains(t, startUnboxed(t, 0), "the host's own network namespace")
	require.ErrorContains(t, startUnboxed(t, unix.CLONE_NEWNS|unix.CLONE_NEWPID), "the host's own network namespace")
	require.ErrorContains(t, startUnboxed(t, unix.CLONE_NEWNET|unix.CLONE_NEWPID), "the host's own mount namespace")
	require.ErrorContains(t, startUnboxed(t, unix.CLONE_NEWNET|unix.CLONE_NEWNS), "not process 1")
	after, err := os.ReadFile("/proc/thread-self/mountinfo")
	require.NoError(t, err)
	require.Equal(t, string(before), string(after), "it refused only after it had changed something")
}

func TestTheInsideIsNotStartedByHand(t *testing.T) {
	_, err := inheritStream()
	require.ErrorContains(t, err, "started by hand")
}

func TestRefusalsOfTheKernelAreExplained(t *testing.T) {
	refused := fmt.Errorf("fork/exec /proc/self/exe: %w", unix.EPERM)
	full := fmt.Errorf("fork/exec /proc/self/exe: %w", unix.ENOSPC)
	for _, tc := range []struct {
		name         string
		err          error
		set          string
		user         bool
		what, remedy string
	}{
		{"Ubuntu 24.04", refused, "kernel.apparmor_restrict_unprivileged_userns=1", true, "AppArmor", "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run with sudo"},
		{"old Debian", refused, "kernel.unprivileged_userns_clone=0", true, "for root only", "kernel.unprivileged_userns_clone=1"},
		{"switched off", full, "user.max_user_namespaces=0", true, "switched off (user.max_user_namespaces=0)", "sudo sysctl -w user.max_user_namespaces=10000"},
		{"switched off for networks", full, "user.max_net_namespaces=0", false, "switched off (user.max_net_namespaces=0)", "sudo sysctl -w user.max_net_namespaces=10000"},
		{"used up", full, "", true, "no more namespaces", "raise the limits"},
		{"container of a user", refused, "", true, "seccomp", "--security-opt seccomp=unconfined"},
		{"container of root", refused, "", false, "this container", "--privileged"},
		{"bare kernel", unix.EINVAL, "", true, "CONFIG_USER_NS", "another kernel"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			settings := func(name string) string {
				value, _ := strings.CutPrefix(tc.set, name+"=")
				if value == tc.set {
					return ""
				}
				return value
			}
			var u *Unavailable
			require.ErrorAs(t, explain(tc.err, settings, tc.user), &u)
			assert.Contains(t, u.What, tc.what)
			assert.Contains(t, u.Remedy, tc.remedy)
			assert.ErrorIs(t, u, tc.err)
		})
	}
	other := errors.New("no such file")
	require.Equal(t, other, explain(other, func(string) string { return "" }, true))
}

func TestAMaskedProcIsExplained(t *testing.T) {
	var u *Unavailable
	require.ErrorAs(t, explainMount(unix.EPERM, "/proc"), &u)
	require.Contains(t, u.Remedy, "systempaths=unconfined")
	require.Equal(t, unix.ENODEV, explainMount(unix.ENODEV, "/proc"))
}

func TestABoxEndsWithItsExitCode(t *testing.T) {
	b, err := Start(Options{Env: []string{roleEnv + "=idle"}})
	require.NoError(t, err)
	require.NoError(t, b.Wait())
	_, err = Start(Options{Env: []string{roleEnv + "=dead"}})
	require.ErrorContains(t, err, "ended before it stood: exit status 7")
}

// beLimited is a box with users of its own, whose limits it may set.
func beLimited() int {
	s, err := Enter()
	if err != nil {
		return 3
	}
	s.Handle("barred", func(context.Context, *Channel, json.RawMessage) error {
		const limit = "/proc/sys/user/max_user_namespaces"
		usual, err := os.ReadFile(limit)
		if err != nil {
			return err
		}
		if err := os.WriteFile(limit, []byte("0"), 0); err != nil {
			return err
		}
		defer os.WriteFile(limit, usual, 0)
		_, err = Start(Options{Env: []string{roleEnv + "=idle"}, Users: true})
		return err
	})
	s.Serve(context.Background())
	return 0
}

func TestBarredUserNamespacesAreExplained(t *testing.T) {
	b, err := Start(Options{Env: []string{roleEnv + "=limited"}, Users: true})
	require.NoError(t, err)
	defer b.Close()
	var u *Unavailable
	require.ErrorAs(t, b.Stream.Call("barred", nil, nil), &u)
	require.ErrorContains(t, u, "user namespaces are switched off (user.max_user_namespaces=0): fork/exec")
	require.Equal(t, "sudo sysctl -w user.max_user_namespaces=10000, or run with sudo", u.Remedy)
}
