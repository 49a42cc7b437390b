package box

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
)

// streamFD is where the inside finds its end of the stream: the first descriptor after the standard ones.
const streamFD = 3

// Box is the inside seen from the outside: this same program as process 1 of namespaces of its own, for network,
// mounts and processes, and for users where we are not root. It dies with us and everything in it dies with it: there
// is nothing to clean up, whoever is killed first.
type Box struct {
	Stream *Stream

	cmd     *exec.Cmd
	done    chan struct{}
	err     error
	capsule *capsule // nil: namespaces of this kernel
}

// Start starts the inside and waits until it stands. The error is an *Unavailable where this machine cannot hold one.
func Start(o Options) (*Box, error) {
	if o.Capsule != "" {
		return startCapsule(o)
	}
	ours, theirs, err := streamPair()
	if err != nil {
		return nil, err
	}
	b := &Box{cmd: o.command(theirs), done: make(chan struct{})}
	err = b.start()
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, explain(err, readSysctl, b.cmd.SysProcAttr.Cloneflags&unix.CLONE_NEWUSER != 0)
	}
	here, err := namespaces()
	if err == nil {
		err = b.handshake(ours, here)
	}
	if err != nil {
		ours.Close()
		b.kill()
		return nil, fmt.Errorf("enter the box: %w", err)
	}
	if b.Stream, err = NewStream(ours, true); err != nil {
		b.kill()
		return nil, err
	}
	return b, nil
}

// streamPair makes the two ends of the stream.
func streamPair() (ours net.Conn, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make stream: %w", err)
	}
	theirs = os.NewFile(uintptr(fds[1]), "stream")
	mine := os.NewFile(uintptr(fds[0]), "stream")
	defer mine.Close()
	if ours, err = net.FileConn(mine); err != nil {
		theirs.Close()
		return nil, nil, fmt.Errorf("make stream: %w", err)
	}
	return ours, theirs, nil
}

func (o Options) command(stream *os.File) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", o.Args...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), o.Env...)
	cmd.Stdout, cmd.Stderr = nil, os.Stderr
	if o.Stdout != nil {
		cmd.Stdout = o.Stdout
	}
	if o.Stderr != nil {
		cmd.Stderr = o.Stderr
	}
	cmd.ExtraFiles = []*os.File{stream}
	cmd.SysProcAttr = ofItsOwn(unix.CLONE_NEWNET|unix.CLONE_NEWNS|unix.CLONE_NEWPID, o.Users)
	return cmd
}

// ofItsOwn has a process start in namespaces of its own, with one for users where there are not rights enough without
// or it is asked for.
func ofItsOwn(namespaces uintptr, users bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Cloneflags: namespaces,
		Pdeathsig:  syscall.SIGKILL,
		// A session of its own: Ctrl-C is for the outside, which unwinds.
		Setsid: true,
	}
	if users || !capable(unix.CAP_SYS_ADMIN) {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	return attr
}

// start starts the inside from a thread that lives as long as it: Pdeathsig is sent when the starting thread ends, and
// Go ends threads as it likes.
func (b *Box) start() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := StartChild(b.cmd)
		started <- err
		if err == nil {
			b.err = WaitChild(b.cmd)
			close(b.done)
		}
	}()
	return <-started
}

// handshake tells the inside what it has to know first and hears whether it stands.
func (b *Box) handshake(conn net.Conn, tell any) error {
	ch := NewChannel(conn)
	if err := ch.open(enterVerb, tell); err != nil {
		return err
	}
	_, err := ch.Receive()
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, unix.ECONNRESET) {
		_ = conn.Close()
		<-b.done
		return fmt.Errorf("the inside ended before it stood: %w", errors.Join(b.err, err))
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// PID is the inside's process as we see it.
func (b *Box) PID() int { return b.cmd.Process.Pid }

// Capability says what the box stands on.
func (b *Box) Capability() sim.Capability {
	if b.capsule != nil {
		return sim.Capability{Name: "a kernel of its own", Status: sim.Native, Why: "User-Mode Linux in virtual time: no root needed"}
	}
	c := sim.Capability{Name: "a box of its own", Status: sim.Native, Why: "namespaces for network, mounts and processes, made as root"}
	if b.cmd.SysProcAttr.Cloneflags&unix.CLONE_NEWUSER != 0 {
		c.Why = "user namespaces: no root needed"
	}
	return c
}

// Done is closed when the inside has ended, and everything in it with it.
func (b *Box) Done() <-chan struct{} { return b.done }

// Wait waits for the inside's end: nil for exit code 0, an *exec.ExitError otherwise, a *Fallen for a capsule.
func (b *Box) Wait() error {
	<-b.done
	if b.capsule != nil {
		return b.capsule.fallen()
	}
	return b.err
}

// Close ends the inside at once.
func (b *Box) Close() error {
	err := b.Stream.Close()
	b.kill()
	return err
}

func (b *Box) kill() {
	if b.capsule != nil {
		b.awaitKeeper()
	}
	_ = b.cmd.Process.Kill() // it may have ended by itself
	<-b.done
}

// namespaces names those that this thread lives in: others of this process may be elsewhere.
func namespaces() (outside, error) {
	var o outside
	for name, into := range map[string]*string{"net": &o.Net, "mnt": &o.Mount, "pid": &o.PID} {
		link, err := os.Readlink("/proc/thread-self/ns/" + name)
		if err != nil {
			return o, fmt.Errorf("look where we are: %w", err)
		}
		*into = link
	}
	return o, nil
}

// capable says whether this process has a capability.
func capable(c int) bool {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&head, &data[0]); err != nil {
		return false
	}
	return data[c/32].Effective&(1<<(c%32)) != 0
}
