package kernel

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pair of pseudo terminals (pty(7)): the process has the far side, we the near one.
type terminal struct {
	near, far *os.File
	copied    chan struct{} // all output was sent on
}

// openTerminal opens the far side through the near one, since the path that its number stands for may be another's in
// this mount namespace (ioctl_tty(2), TIOCGPTPEER).
func openTerminal() (*terminal, error) {
	near, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open terminal: %w", err)
	}
	fd, err := farSide(near)
	if err != nil {
		near.Close()
		return nil, fmt.Errorf("open far side of terminal: %w", err)
	}
	return &terminal{near: near, far: os.NewFile(uintptr(fd), "tty"), copied: make(chan struct{})}, nil
}

func farSide(near *os.File) (far int, err error) {
	raw, err := near.SyscallConn()
	if err != nil {
		return 0, err
	}
	outer := raw.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err != nil {
			return
		}
		n, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
		if far = int(n); errno != 0 {
			err = errno
		}
	})
	if outer != nil {
		return 0, outer
	}
	return far, err
}

// attachTerminal gives the process a terminal: a session of its own with it as its controlling terminal, so that Ctrl-C,
// job control and hanging up work.
func (r *process) attachTerminal(size Size) error {
	t, err := openTerminal()
	if err != nil {
		return err
	}
	r.tty, r.input = t, t.near
	r.cmd.Stdin, r.cmd.Stdout, r.cmd.Stderr = t.far, t.far, t.far
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	t.resize(size)
	return nil
}

// resize tells the process how large its terminal is. One that has gone needs no size.
func (t *terminal) resize(s Size) {
	raw, err := t.near.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: s.Rows, Col: s.Columns})
	})
}

// copyTo sends on what the process writes, until its side is closed by all who hold it.
func (t *terminal) copyTo(w io.Writer) {
	_ = t.far.Close() // the process has its own
	go func() {
		_, _ = io.Copy(w, t.near)
		close(t.copied)
	}()
}

// finish waits for the last output and hangs up.
func (t *terminal) finish() {
	select {
	case <-t.copied:
	case <-time.After(afterExit):
	}
	_ = t.near.Close()
}

func (t *terminal) close() {
	_ = t.near.Close()
	_ = t.far.Close()
}
