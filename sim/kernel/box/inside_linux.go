package box

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Enter is the first thing that the inside calls. It makes sure that this process stands in namespaces of its own, makes
// /proc and /sys those of these, and returns the stream to the outside, with whose end this process ends too. Whatever
// dies in the box without anybody waiting for it is taken away from then on.
func Enter() (*Stream, error) {
	s, err := enter()
	if err != nil {
		return nil, err
	}
	reapOrphans()
	return s, nil
}

func enter() (*Stream, error) {
	switch {
	case os.Getenv(keepEnv) != "":
		os.Exit(keep(os.Getenv(keepEnv)))
	case os.Getenv(capsuleEnv) != "":
		return enterCapsule()
	}
	conn, err := inheritStream()
	if err != nil {
		return nil, err
	}
	return begin(conn, ready)
}

// begin gets this process ready to be the inside, tells the outside how that went, and begins the stream.
func begin(conn io.ReadWriteCloser, ready func(*Channel) error) (*Stream, error) {
	ch := NewChannel(conn)
	if err := ready(ch); err != nil {
		_ = ch.End(err) // the outside says it better; if it is gone, nobody needs to hear
		return nil, err
	}
	if err := ch.End(nil); err != nil {
		return nil, err
	}
	s, err := NewStream(conn, false)
	if err != nil {
		return nil, err
	}
	go dieWith(s)
	return s, nil
}

// dieWith ends this process with the stream: the outside has ended, or wants no more of us. As we are process 1, all
// others in here end with us.
func dieWith(s *Stream) {
	<-s.Done()
	if InCapsule() {
		endCapsule()
	}
	os.Exit(0)
}

// inheritStream takes over the descriptor that the outside left us.
func inheritStream() (net.Conn, error) {
	domain, err := unix.GetsockoptInt(streamFD, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil || domain != unix.AF_UNIX {
		return nil, errors.New("this command is for dcdrill itself: it was started by hand")
	}
	unix.CloseOnExec(streamFD)
	f := os.NewFile(streamFD, "stream")
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("take over stream: %w", err)
	}
	return conn, nil
}

// ready does the first acts in their order: look where we are before anything is changed, then mounts, then limits.
func ready(ch *Channel) error {
	var left outside
	if err := told(ch, &left); err != nil {
		return err
	}
	if err := mustHaveLeft(left); err != nil {
		return err
	}
	if err := mounts(); err != nil {
		return err
	}
	raiseFiles()
	// The pace thread and the loop want a processor at once when they wake; with as many as there are cores, a busy
	// neighbour holds both up by Go's own time slice of 10 ms.
	runtime.GOMAXPROCS(max(4, runtime.GOMAXPROCS(0)))
	return nil
}

// told takes what the outside tells first.
func told(ch *Channel, into any) error {
	o, err := ch.opened()
	if err != nil {
		return err
	}
	if o.Verb != enterVerb {
		return fmt.Errorf("the outside said %q instead of %q", o.Verb, enterVerb)
	}
	return Frame{Kind: Verb, Data: o.Args}.Decode(into)
}

// mustHaveLeft refuses to go on in any namespace of the outside's: what follows would change the host.
func mustHaveLeft(left outside) error {
	here, err := namespaces()
	switch {
	case err != nil:
		return err
	case here.Net == left.Net || left.Net == "":
		return errors.New("refuse to go on: this is the host's own network namespace")
	case here.Mount == left.Mount:
		return errors.New("refuse to go on: this is the host's own mount namespace")
	case here.PID == left.PID || os.Getpid() != 1:
		return errors.New("refuse to go on: this is not process 1 of a namespace of its own")
	}
	return nil
}

// mounts makes /proc and /sys those of our namespaces, seen by nobody else.
func mounts() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return explainMount(fmt.Errorf("make mounts private: %w", err), "a private /")
	}
	if err := unix.Mount("proc", "/proc", "proc", bareMount, ""); err != nil {
		return explainMount(fmt.Errorf("mount /proc: %w", err), "/proc")
	}
	return MountSys()
}

// bareMount is how the system's own file systems are mounted everywhere.
const bareMount = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC

// MountSys makes /sys that of the calling thread's network namespace.
func MountSys() error {
	if err := unix.Mount("sysfs", "/sys", "sysfs", bareMount, ""); err != nil {
		return explainMount(fmt.Errorf("mount /sys: %w", err), "/sys")
	}
	return nil
}

// wantFiles is enough for a plant of 10,000 nodes with its namespaces, sockets and members (about 3 a node, measured).
const wantFiles = 1 << 20

// raiseFiles raises the limit of open files as far as we may; where that is not enough, opening them says so.
func raiseFiles() {
	var now unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &now) != nil {
		return
	}
	for _, want := range []uint64{wantFiles, now.Max} {
		limit := unix.Rlimit{Cur: max(want, now.Cur), Max: max(want, now.Max)}
		if unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) == nil {
			return
		}
	}
}
