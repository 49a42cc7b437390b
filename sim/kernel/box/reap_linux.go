package box

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// family knows which processes are ours to wait for. As process 1 we inherit every orphan of the box, and nobody else
// waits for those; but a wait for "any child" would steal the exit codes of our own.
type family struct {
	mu   sync.Mutex
	own  map[int]bool
	left chan struct{} // one of our own was waited for
}

// children is the process's family: there is one, as there is one process table.
var children = family{own: map[int]bool{}, left: make(chan struct{}, 1)}

// StartChild starts a process of ours. Whatever is started in here is started by this function.
func StartChild(cmd *exec.Cmd) error {
	children.mu.Lock()
	defer children.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return err
	}
	children.own[cmd.Process.Pid] = true
	return nil
}

// WaitChild waits for a process of ours.
func WaitChild(cmd *exec.Cmd) error {
	err := cmd.Wait()
	children.mu.Lock()
	delete(children.own, cmd.Process.Pid)
	children.mu.Unlock()
	select {
	case children.left <- struct{}{}:
	default:
	}
	return err
}

// reapOrphans takes away the dead processes that nobody else waits for, until it is stopped.
func reapOrphans() (stop func()) {
	died, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(died, unix.SIGCHLD)
	go func() {
		for {
			children.reap()
			select {
			case <-died:
			case <-children.left:
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(died)
		close(done)
	}
}

// reap goes on until no child is dead, or until the first dead one is of our own: then whoever waits for that one
// comes by soon and wakes us again.
func (f *family) reap() {
	for {
		pid := firstDead()
		if pid == 0 {
			return
		}
		f.mu.Lock()
		ours := f.own[pid]
		if !ours {
			_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil) // it was dead a moment ago and is nobody else's
		}
		f.mu.Unlock()
		if ours {
			return
		}
	}
}

// firstDead looks at the first dead child without taking it away; 0 when there is none.
func firstDead() int {
	for {
		var info waitInfo
		err := unix.Waitid(unix.P_ALL, 0, (*unix.Siginfo)(unsafe.Pointer(&info)), unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return 0
		}
		return int(info.pid)
	}
}

// waitInfo is siginfo_t as waitid(2) fills it in; package unix knows only its head.
type waitInfo struct {
	_   [3]int32                            // signo, errno, code
	_   [unsafe.Sizeof(uintptr(0)) - 4]byte // what follows is aligned as a pointer is
	pid int32
	_   [112]byte
}
