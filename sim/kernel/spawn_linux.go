package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// afterExit is how long the output of a process that has ended is waited for: its children may hold the pipe for ever.
const afterExit = 250 * time.Millisecond

// serveExec is the Handler of ExecVerb.
func serveExec(find func(node string) (*place, error)) box.Handler {
	return func(_ context.Context, ch *box.Channel, args json.RawMessage) error {
		var c Command
		if err := (box.Frame{Kind: box.Verb, Data: args}).Decode(&c); err != nil {
			return err
		}
		p, err := find(c.Node)
		if err != nil {
			return err
		}
		return p.exec(ch, c)
	}
}

// process is one that runs in a node for somebody at the other end of a channel.
type process struct {
	cmd   *exec.Cmd
	place *place
	ch    *box.Channel
	input io.WriteCloser
	tty   *terminal // nil: it has pipes
	done  chan struct{}
}

// exec runs a command until it ends, its node loses power or whoever asked for it has gone.
func (p *place) exec(ch *box.Channel, c Command) error {
	life, err := p.alive()
	if err != nil {
		return err
	}
	r := &process{place: p, ch: ch, cmd: commandOf(c), done: make(chan struct{})}
	attach := r.attachPipes
	if c.Terminal != nil {
		attach = func() error { return r.attachTerminal(*c.Terminal) }
	}
	if err := attach(); err != nil {
		return err
	}
	if err := p.start(r.cmd, nil); err != nil {
		r.discard()
		return fmt.Errorf("run %s on %s: %w", r.cmd.Args[0], p.node.ID, err)
	}
	if r.tty != nil {
		r.tty.copyTo(ch.Writer(box.Output))
	}
	_ = p.keep(r, life) // if the power has gone meanwhile, this has killed the process, which its exit code tells
	defer p.forget(r)
	go r.obey()
	return r.wait()
}

func commandOf(c Command) *exec.Cmd {
	args := c.Args
	if len(args) == 0 {
		args = []string{shell()}
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "DCDRILL_NODE="+c.Node)
	if c.Term != "" {
		cmd.Env = append(cmd.Env, "TERM="+c.Term)
	}
	cmd.WaitDelay = afterExit
	return cmd
}

// shell is the user's own, or the one that every system has.
func shell() string {
	if s := os.Getenv("SHELL"); s != "" {
		if _, err := exec.LookPath(s); err == nil {
			return s
		}
	}
	return "/bin/sh"
}

// start starts a process in the node: in its network namespace, with a /sys that shows it, with the files that its daemons
// see, and with its name as the host's. Confine, if any, is done last to the thread that all this is done to, which ends
// with it.
func (p *place) start(cmd *exec.Cmd, confine func() error) error {
	return p.room.do(func() error {
		runtime.LockOSThread() // once more than the room undoes: no other code shall run on this thread
		if err := p.enterView(); err != nil {
			return err
		}
		if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_NEWUTS); err != nil {
			return fmt.Errorf("leave mounts and host name: %w", err)
		}
		if err := unix.Sethostname([]byte(p.node.ID)); err != nil {
			return fmt.Errorf("set host name: %w", err)
		}
		if err := box.MountSys(); err != nil {
			return err
		}
		if confine != nil {
			if err := confine(); err != nil {
				return err
			}
		}
		return box.StartChild(cmd)
	})
}

func (p *place) enterView() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.view == nil {
		return nil
	}
	return p.view.enter()
}

func (r *process) attachPipes() error {
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	r.cmd.Stdout, r.cmd.Stderr = r.ch.Writer(box.Output), r.ch.Writer(box.Errors)
	input, err := r.cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("make input: %w", err)
	}
	r.input = input
	return nil
}

// discard drops what was made for a process that did not start.
func (r *process) discard() {
	_ = r.input.Close()
	if r.tty != nil {
		r.tty.close()
	}
}

// wait waits for the process and its output, and tells its exit code.
func (r *process) wait() error {
	err := box.WaitChild(r.cmd)
	close(r.done)
	if r.tty != nil {
		r.tty.finish()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("wait for %s: %w", r.cmd.Args[0], err)
	}
	return r.ch.Send(box.Exit, strconv.AppendInt(nil, int64(box.ExitCode(r.cmd.ProcessState)), 10))
}

// obey does what the other side says until that has gone, and then kills.
func (r *process) obey() {
	input := make(chan []byte, 1) // the other side sends one at a time
	go r.feed(input)
	defer close(input)
	for {
		f, err := r.ch.Receive()
		if err != nil {
			r.kill(unix.SIGKILL)
			return
		}
		switch f.Kind {
		case box.Input:
			input <- f.Data
		case box.Resize:
			r.resize(f)
		case box.Signal:
			if n, err := strconv.Atoi(string(f.Data)); err == nil {
				r.kill(syscall.Signal(n))
			}
		}
	}
}

func (r *process) resize(f box.Frame) {
	var size Size
	if r.tty != nil && f.Decode(&size) == nil {
		r.tty.resize(size)
	}
}

// feed writes input; an empty frame is its end.
func (r *process) feed(input <-chan []byte) {
	for data := range input {
		if len(data) == 0 {
			r.endInput()
			continue
		}
		// A process that no longer reads is no error of ours; nor is a caller that has gone.
		_, _ = r.input.Write(data)
		_ = r.ch.Send(box.Taken, nil)
	}
}

// endInput closes a pipe; a terminal gets what Ctrl-D sends.
func (r *process) endInput() {
	if r.tty != nil {
		_, _ = r.input.Write([]byte{4})
		return
	}
	_ = r.input.Close()
}

// kill signals the process and its group.
func (r *process) kill(s syscall.Signal) {
	select {
	case <-r.done: // its number may be somebody else's by now
	default:
		_ = unix.Kill(-r.cmd.Process.Pid, s)
	}
}

// abandon is the end of a process whose node loses its power.
func (r *process) abandon() { r.kill(unix.SIGKILL) }
