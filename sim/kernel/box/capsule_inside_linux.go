package box

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// capsuleEnv tells a program that it is the inside of a capsule: the kernel passes on what it does not know itself.
const capsuleEnv = "DCDRILL_IN_CAPSULE"

// InCapsule says whether this process lives in a capsule, in virtual time.
func InCapsule() bool { return os.Getenv(capsuleEnv) != "" }

// capsuleTemp is where there is room for files: everything else is the machine's, and read-only.
const capsuleTemp = "/dev/shm"

// enterCapsule is enter where this process is the first of a kernel of its own.
func enterCapsule() (*Stream, error) {
	if os.Getpid() != 1 {
		return nil, errors.New("this command is for dcdrill itself: it was started by hand")
	}
	line, err := firstLine()
	if err != nil {
		return nil, err
	}
	s, err := begin(line, line.ready)
	if err != nil {
		return nil, err
	}
	s.Handle(timeVerb, tellTime)
	return s, nil
}

// serialLine is the stream of a capsule. Who waits for something lets time pass, and how much would depend on how fast the
// outside is. So until the first order has come whole, it is asked for again and again, by system calls that Go's scheduler
// does not know of: whatever is done begins at the same moment in every run, and with the same state of everything.
type serialLine struct {
	*os.File
	fd     int
	shaken bool // hands: what comes next are the first orders
	taken  bool // the first orders have come
	orders bytes.Reader
}

// Read takes what has come.
func (l *serialLine) Read(b []byte) (int, error) {
	if !l.shaken {
		return l.spin(b)
	}
	if !l.taken {
		if err := l.takeOrders(); err != nil {
			return 0, err
		}
	}
	if l.orders.Len() > 0 {
		return l.orders.Read(b)
	}
	return l.File.Read(b)
}

// takeOrders reads all that the outside sends at once: see heldConn.
func (l *serialLine) takeOrders() error {
	l.taken = true
	var size [8]byte
	if _, err := io.ReadFull(readerFunc(l.spin), size[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint64(size[:])
	if n > maxFrame {
		return fmt.Errorf("take first orders: %d octets are too many", n)
	}
	all := make([]byte, n)
	_, err := io.ReadFull(readerFunc(l.spin), all)
	l.orders.Reset(all)
	return err
}

// readerFunc is a Read as an io.Reader.
type readerFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// spinPiece is how much is read at once: half of what the kernel keeps for a terminal (4096 octets).
const spinPiece = 2048

// spin waits until all that is asked for has come, or a piece of it, without any time passing. Each read of the line lets some
// pass, so there are as many of these in every run.
func (l *serialLine) spin(b []byte) (int, error) {
	want := min(len(b), spinPiece)
	if want == 0 {
		return 0, nil
	}
	var has int32
	for has < int32(want) {
		if _, _, errno := unix.RawSyscall(unix.SYS_IOCTL, uintptr(l.fd), unix.TIOCINQ, uintptr(unsafe.Pointer(&has))); errno != 0 {
			return 0, io.EOF // the line is no more: the outside has gone
		}
		_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) // to the kernel, which hands over what has come
	}
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(l.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(want))
	if errno != 0 {
		return 0, os.NewSyscallError("read", errno)
	}
	return int(n), nil
}

// tellTime is the Handler of timeVerb: it tells the time again and again.
func tellTime(ctx context.Context, ch *Channel, _ json.RawMessage) error {
	ctx = ch.Gone(ctx)
	again := time.NewTicker(tellTimeEvery)
	defer again.Stop()
	for {
		if err := ch.SendJSON(Value, time.Now().UnixNano()); err != nil {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// firstLine makes the system's folders those of this kernel and opens the stream: the first serial line, as bytes.
func firstLine() (*serialLine, error) {
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
	return &serialLine{File: os.NewFile(uintptr(fd), "stream"), fd: fd}, nil
}

// bytesOnly takes all meaning from the bytes of a line (termios(3), cfmakeraw).
func bytesOnly(t *unix.Termios) *unix.Termios {
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cflag = t.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	return t
}

// ready takes over what the outside's process would have handed on.
func (l *serialLine) ready(ch *Channel) error {
	if err := ch.Send(Value, nil); err != nil { // only what is sent to an open line is heard
		return err
	}
	var as launch
	if err := told(ch, &as); err != nil {
		return err
	}
	if err := os.Mkdir(capsuleTemp, 0o1777); err != nil {
		return fmt.Errorf("make folder for files: %w", err)
	}
	if err := unix.Mount("tmpfs", capsuleTemp, "tmpfs", unix.MS_NOSUID, ""); err != nil {
		return fmt.Errorf("mount %s: %w", capsuleTemp, err)
	}
	if err := inherit(as); err != nil {
		return err
	}
	raiseFiles()
	// There is one processor, and nothing that sleeps in a system call for long: with more rights to run, goroutines would
	// only be handed from thread to thread.
	runtime.GOMAXPROCS(1)
	l.shaken = true
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

// endCapsule ends the capsule.
func endCapsule() {
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}
