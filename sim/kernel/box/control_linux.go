package box

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// controlPrefix begins the names of this user's control sockets; @ stands for the zero byte of abstract names.
func controlPrefix() string { return fmt.Sprintf("@dcdrill/%d/", os.Geteuid()) }

func controlAddress(name string) string { return controlPrefix() + name }

// Controls lists this user's runs, by name.
func Controls() ([]Control, error) {
	f, err := os.Open("/proc/thread-self/net/unix")
	if err != nil {
		return nil, fmt.Errorf("look for runs: %w", err)
	}
	defer f.Close()
	var all []Control
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, ok := controlOf(lines.Text())
		if ok && !seen[name] {
			seen[name] = true
			all = append(all, Control{name})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("look for runs: %w", err)
	}
	return all, nil
}

// acceptsConnections is the flag of a listening socket in /proc/net/unix (__SO_ACCEPTCON).
const acceptsConnections = "00010000"

// controlOf reads a line of /proc/net/unix (proc_pid_net(5)): Num RefCount Protocol Flags Type St Inode Path.
func controlOf(line string) (name string, ok bool) {
	fields := strings.SplitN(strings.Join(strings.Fields(line), " "), " ", 8)
	if len(fields) < 8 || fields[3] != acceptsConnections {
		return "", false
	}
	return strings.CutPrefix(fields[7], controlPrefix())
}

func listenControl(address string) (net.Listener, error) {
	return new(net.ListenConfig).Listen(context.Background(), "unix", address)
}

func isTaken(err error) bool { return errors.Is(err, unix.EADDRINUSE) }

// sameUser refuses whoever is neither this user nor root: abstract sockets know no permissions.
func sameUser(conn net.Conn) error {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return err
	}
	var who *unix.Ucred
	outer := raw.Control(func(fd uintptr) { who, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if err := errors.Join(outer, err); err != nil {
		return fmt.Errorf("ask who is there: %w", err)
	}
	if int(who.Uid) != os.Geteuid() && who.Uid != 0 {
		return errors.New("this run is another user's")
	}
	return nil
}
