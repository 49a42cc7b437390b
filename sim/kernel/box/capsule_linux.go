package box

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/yamux"
	"golang.org/x/sys/unix"
)

// capsule is what a Box knows of the capsule that it is: a User-Mode Linux whose first process is this same program.
//
//	outside ── keeper (process 1 of its own namespace) ── kernel ── inside (process 1 of that kernel)
//	   └──────────────── one byte stream: a socket, which is the kernel's first serial line ──────┘
//
// The keeper ends all of the kernel's processes with the stream; where namespaces are barred it does so by their group.
type capsule struct {
	mu       sync.Mutex
	lines    []string // of the console, the last ones
	begun    string   // of the line that is being written
	ended    string   // why it was ended from outside
	panicked bool
	through  *os.File // gets the console as well; nil: nobody
}

const (
	// keepEnv makes a process the keeper of a kernel: its path.
	keepEnv = "DCDRILL_KEEP"
	// capsuleMemory is what the capsule's kernel believes to have. Pages are taken from the machine as they are first
	// used; a node with its links takes 0.35 MiB, so this is a thousand of them and the program.
	capsuleMemory = 1 << 30
	// capsuleBirth is the time at which every capsule begins, in ns: 14 November 2023 22:13:20 UTC. The same in every
	// run, since it decides the phase of every timer.
	capsuleBirth = 1_700_000_000_000_000_000
	// goInCapsule has Go collect its garbage in one go. Beside the program, its sweeper spins until another thread has
	// done its part, which on one processor whose time stands is never (seen in one run of six).
	goInCapsule = "gcstoptheworld=2,asyncpreemptoff=1"
	// consoleLines is how much of the console is kept: what Go says of a panic, as far as one reads it.
	consoleLines = 20
	// bootsWithin is far more than a boot takes: 0.1 s, measured.
	bootsWithin = 20 * time.Second
	// standsStill is for how long a capsule's time may stand: the longest computing is that of who is to blame, 200
	// plays of the model (some seconds). A busy loop stands for ever.
	standsStill = 2 * time.Minute
	// tellTimeEvery is how often a capsule tells its time, by its own clock: 7,200 times in ten hours, at some 50 µs each.
	tellTimeEvery = 5 * time.Second
	// nudgeEvery is after how much silence a capsule is sent something. A kernel of this sort hears that there is room
	// again for what it writes only by a signal, which can be lost, and looks once more at whatever it is sent. Whoever
	// speaks is not disturbed: what comes from outside comes at another moment in every run.
	nudgeEvery = 20 * time.Second
	// streamRoom is how much of the stream may wait for the outside to read it: as much as a window of it, with what the
	// system adds to each small piece. See nudgeEvery for what is to be avoided.
	streamRoom = 4 << 20
	// streamWindow is how much a capsule may send on a channel before it has to hear that there is room for more: more
	// than most runs ever do.
	streamWindow = 64 << 20
	// keeperPatience is how long a keeper may take to end what it keeps: some milliseconds (measured).
	keeperPatience = 2 * time.Second
)

// startCapsule boots a kernel and waits until the inside stands.
func startCapsule(o Options) (*Box, error) {
	line, err := o.kernelLine()
	if err != nil {
		return nil, err
	}
	b, conn, err := o.startKeeper(line)
	if err != nil {
		return nil, err
	}
	if err := b.launch(conn, o); err != nil {
		conn.Close()
		b.kill()
		return nil, &Unavailable{
			What: "the capsule does not boot", Remedy: "dcdrill capsule info says which kernel this is; dcdrill capsule build --again builds it anew",
			Err: fmt.Errorf("%w: %w", err, b.capsule.fallen()),
		}
	}
	if err := b.order(conn, cmp.Or(o.Still, standsStill)); err != nil {
		conn.Close()
		b.kill()
		return nil, err
	}
	return b, nil
}

// launch waits for the inside, which speaks first, and tells it what it is to be.
func (b *Box) launch(conn net.Conn, o Options) error {
	if err := conn.SetDeadline(time.Now().Add(bootsWithin)); err != nil {
		return err
	}
	if _, err := NewChannel(conn).Receive(); err != nil {
		return err
	}
	wd, _ := os.Getwd() // the inside then stays in /
	if err := b.handshake(conn, launch{Args: o.Args, Env: append(os.Environ(), o.Env...), Dir: wd}); err != nil {
		return err
	}
	return conn.SetDeadline(time.Time{})
}

// order begins the stream of a capsule. With the first order that the caller gives, the inside gets the one to tell the time.
func (b *Box) order(conn net.Conn, still time.Duration) error {
	held := &heldConn{Conn: conn}
	config := yamux.DefaultConfig()
	config.MaxStreamWindowSize = streamWindow
	var err error
	if b.Stream, err = newStream(held, true, config); err != nil {
		return err
	}
	times, err := b.Stream.Open(timeVerb, nil)
	if err != nil {
		return err
	}
	b.Stream.opened = held.release
	go b.watchTime(times, still)
	return nil
}

// heldConn keeps what is written until it is released, and then sends it at once, with its length before it: see
// serialLine.
type heldConn struct {
	net.Conn
	mu       sync.Mutex
	held     []byte
	released bool
}

// heldAtMost is less than what a channel may send before the other side has read (256 KiB).
const heldAtMost = 128 << 10

// Write implements net.Conn.
func (c *heldConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.released {
		return c.Conn.Write(b)
	}
	c.held = append(c.held, b...)
	if len(c.held) < heldAtMost {
		return len(b), nil
	}
	return len(b), c.send()
}

func (c *heldConn) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.released {
		return nil
	}
	return c.send()
}

func (c *heldConn) send() error {
	c.released = true
	_, err := c.Conn.Write(append(binary.BigEndian.AppendUint64(nil, uint64(len(c.held))), c.held...))
	c.held = nil
	return err
}

// kernelLine is the kernel's command line. What follows "init" is for the inside: all else it is told by the stream.
func (o Options) kernelLine() ([]string, error) {
	program, err := os.Executable()
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		return nil, fmt.Errorf("find this program for the capsule: %w", err)
	}
	line := []string{
		o.Capsule, fmt.Sprintf("mem=%dM", o.memory()>>20), "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro",
		// The console is descriptor 1, the first serial line the stream.
		"console=tty0", "con=null", "con0=null,fd:1", "ssl=null", fmt.Sprintf("ssl0=fd:%d", streamFD), "quiet",
		"time-travel=inf-cpu", fmt.Sprintf("time-travel-start=%d", capsuleBirth),
		"uml_dir=/proc/", // a folder that is there and takes no files: it would leave some in the home folder
		capsuleEnv + "=1", "GODEBUG=" + goInCapsule, fmt.Sprintf("init=%q", program),
	}
	if len(o.Args) > 0 {
		line = append(line, "--", o.Args[0])
	}
	return line, nil
}

// startKeeper starts the keeper in a namespace for processes of its own, or without where that is barred.
func (o Options) startKeeper(line []string) (*Box, net.Conn, error) {
	folder, err := memoryFolder(o.memory())
	if err != nil {
		return nil, nil, err
	}
	var first error
	for _, attr := range []*syscall.SysProcAttr{ofItsOwn(unix.CLONE_NEWPID, o.Users), {Setsid: true}} {
		ours, theirs, err := streamPair()
		if err != nil {
			return nil, nil, err
		}
		b := &Box{done: make(chan struct{}), capsule: &capsule{through: o.Stdout}}
		b.cmd = exec.Command("/proc/self/exe", o.Args...)
		b.cmd.Env = []string{keepEnv + "=" + strings.Join(line, "\n"), "TMPDIR=" + folder}
		b.cmd.Stdout, b.cmd.Stderr = b.capsule, b.capsule
		_ = unix.SetsockoptInt(int(theirs.Fd()), unix.SOL_SOCKET, unix.SO_SNDBUF, streamRoom) // as far as we may
		b.cmd.ExtraFiles = []*os.File{theirs}
		b.cmd.SysProcAttr = attr
		err = b.start()
		theirs.Close()
		if err == nil {
			return b, ours, nil
		}
		ours.Close()
		if first == nil {
			first = err
		}
	}
	return nil, nil, fmt.Errorf("start the capsule: %w", first)
}

func (o Options) memory() int64 { return cmp.Or(o.Memory, capsuleMemory) }

// memoryFolder is where the capsule's memory can be: a file that is gone at once, on a file system in memory if there
// is one with room enough. Too little room would show only when it is used up, as a crash.
func memoryFolder(size int64) (string, error) {
	for _, folder := range []string{"/dev/shm", os.TempDir()} {
		var at unix.Statfs_t
		if unix.Statfs(folder, &at) == nil && at.Flags&unix.ST_NOEXEC == 0 && at.Bavail*uint64(at.Bsize) >= uint64(size) {
			return folder, nil
		}
	}
	return "", &Unavailable{
		What:   fmt.Sprintf("there is no room for the capsule's memory: %d MiB in /dev/shm or %s, not mounted noexec", size>>20, os.TempDir()),
		Remedy: "set TMPDIR to a folder that has them, or give the container more (--shm-size 2g)",
	}
}

// awaitKeeper lets the keeper end what it keeps: it does so when the stream ends.
func (b *Box) awaitKeeper() {
	select {
	case <-b.done:
	case <-time.After(keeperPatience):
	}
}

// timeVerb has a capsule tell its time, every tellTimeEvery of it.
const timeVerb = "time"

// watchTime ends a capsule whose time stands still: something in it is busy and waits for nothing, for ever.
func (b *Box) watchTime(ch *Channel, still time.Duration) {
	times := make(chan int64)
	go b.hearTime(ch, times)
	last, since := int64(0), time.Now()
	look := time.NewTicker(min(still, nudgeEvery))
	defer look.Stop()
	for {
		select {
		case <-b.done:
			return
		case now := <-times:
			if now != last {
				last, since = now, time.Now()
			}
		case <-look.C:
			switch silent := time.Since(since); {
			case silent >= still:
				b.capsule.end(fmt.Sprintf("the capsule's time has stood still for %s: something in it is busy and waits for nothing", still))
				_ = b.Close()
				return
			case silent >= nudgeEvery:
				go ch.Send(Value, nil) // not to be waited for by who ends what stands still
			}
		}
	}
}

// hearTime passes on what a capsule tells until its stream ends.
func (b *Box) hearTime(ch *Channel, times chan<- int64) {
	for {
		f, err := ch.Receive()
		var now int64
		if err != nil || f.Kind == Value && f.Decode(&now) != nil {
			return
		}
		select {
		case times <- now:
		case <-b.done:
			return
		}
	}
}

// Write takes what the console says.
func (c *capsule) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := strings.Split(c.begun+strings.ReplaceAll(string(b), "\r", ""), "\n")
	c.begun = all[len(all)-1]
	for _, line := range all[:len(all)-1] {
		c.keep(line)
	}
	if c.through != nil {
		return c.through.Write(b)
	}
	return len(b), nil
}

// keep keeps a line that tells something. What follows a panic are numbers without names.
func (c *capsule) keep(line string) {
	if c.panicked || strings.Contains(line, " umid") || strings.HasPrefix(line, "make_umid") { // see uml_dir
		return
	}
	c.panicked = strings.Contains(line, "Kernel panic")
	c.lines = append(c.lines, line)
	c.lines = c.lines[max(0, len(c.lines)-consoleLines):]
}

// end keeps why it was ended.
func (c *capsule) end(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = why
}

// fallen is what became of a capsule that ended without having been asked to.
func (c *capsule) fallen() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := &Fallen{What: c.ended, Console: append([]string(nil), c.lines...)}
	if f.What == "" {
		f.What = "the capsule has ended by itself"
	}
	return f
}
