package box

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// keep is all that a keeper does: it runs a kernel until that ends or the outside does, then ends all of its processes.
// It returns the exit code.
func keep(line string) int {
	words := strings.Split(line, "\n")
	stream := os.NewFile(streamFD, "stream")
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = []string{"TMPDIR=" + os.Getenv("TMPDIR")}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{stream}
	// A group of its own: a kernel in panic ends its whole group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "start the capsule's kernel:", err)
		return 3
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	gone := make(chan struct{})
	go func() { untilHangUp(streamFD); close(gone) }()
	code := 0
	select {
	case err := <-ended:
		if err != nil {
			code = 1
		}
	case <-gone:
	}
	_ = unix.Kill(-cmd.Process.Pid, unix.SIGKILL) // those who are gone already need none
	return code
}

// untilHangUp waits until the other end of a socket is closed, without reading from it.
func untilHangUp(fd int) {
	look := []unix.PollFd{{Fd: int32(fd)}}
	for {
		if n, err := unix.Poll(look, -1); err == nil && n > 0 {
			return
		}
	}
}
