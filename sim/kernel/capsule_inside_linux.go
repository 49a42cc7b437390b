package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// capsuleEnv tells a program that it is the inside of a capsule: the kernel passes on what it does not know itself.
const capsuleEnv = "DCDRILL_IN_CAPSULE"

// InCapsule says whether this process lives in a capsule, in virtual time.
func InCapsule() bool { return os.Getenv(capsuleEnv) != "" }

// capsuleTemp is where there is room for files: everything else is the machine's, and read-only.
const capsuleTemp = "/dev/shm"

// spareRights are enough that none has to be taken from a sleeper: with one, a boot of six minutes took 60 ms longer, with
// four 15 ms (measured).
const spareRights = 4

// enterCapsule is enter where this process is the first of a kernel of its own.
func enterCapsule() (*Stream, error) {
	if os.Getpid() != 1 {
		return nil, errors.New("this command is for dcdrill itself: it was started by hand")
	}
	conn, err := firstLine()
	if err != nil {
		return nil, err
	}
	s, err := begin(conn, readyInCapsule)
	if err != nil {
		return nil, err
	}
	s.Handle(timeVerb, tellTime)
	return s, nil
}

// firstLine makes the system's folders those of this kernel and opens the stream: the first serial line, as bytes.
func firstLine() (*os.File, error) {
	for _, m := range []struct{ kind, at string }{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}} {
		if err := unix.Mount(m.kind, m.at, m.kind, unix.MS_NOSUID|unix.MS_NOEXEC, ""); err != nil {
			return nil, fmt.Errorf("mount %s: %w", m.at, err)
		}
	}
	fd, err := unix.Open("/dev/ttyS0", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	line, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err == nil {
		err = unix.IoctlSetTermios(fd, unix.TCSETS, bytesOnly(line))
	}
	if err != nil {
		return nil, fmt.Errorf("make stream of a serial line: %w", err)
	}
	return os.NewFile(uintptr(fd), "stream"), nil
}

// bytesOnly takes all meaning from the bytes of a line (termios(3), cfmakeraw).
func bytesOnly(t *unix.Termios) *unix.Termios {
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cflag = t.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	return t
}

// readyInCapsule takes over what the outside's process would have handed on.
func readyInCapsule(ch *Channel) error {
	if err := ch.Send(Value, nil); err != nil { // only what is sent to an open line is heard
		return err
	}
	var l launch
	if err := told(ch, &l); err != nil {
		return err
	}
	if err := os.Mkdir(capsuleTemp, 0o1777); err != nil {
		return fmt.Errorf("make folder for files: %w", err)
	}
	if err := unix.Mount("tmpfs", capsuleTemp, "tmpfs", unix.MS_NOSUID, ""); err != nil {
		return fmt.Errorf("mount %s: %w", capsuleTemp, err)
	}
	if err := inherit(l); err != nil {
		return err
	}
	raiseFiles()
	// There is one processor. But a thread that sleeps in a system call keeps Go's right to run until it is taken from
	// it, up to 10 ms later, and in a capsule those 10 ms pass.
	runtime.GOMAXPROCS(spareRights)
	return nil
}

// inherit makes arguments, variables and folder those of the outside.
func inherit(l launch) error {
	for _, pair := range append(l.Env, "TMPDIR="+capsuleTemp, capsuleEnv+"=1") {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" {
			if err := os.Setenv(name, value); err != nil {
				return fmt.Errorf("set %s: %w", name, err)
			}
		}
	}
	os.Args = append(os.Args[:1], l.Args...)
	if l.Dir == "" {
		return nil
	}
	return os.Chdir(l.Dir)
}

// tellTime is the Handler of timeVerb.
func tellTime(_ context.Context, ch *Channel, _ json.RawMessage) error {
	return ch.SendJSON(Value, time.Now().UnixNano())
}

// endCapsule ends the capsule.
func endCapsule() {
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}
