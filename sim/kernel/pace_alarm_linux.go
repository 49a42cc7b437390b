package kernel

import (
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// threadAlarm sleeps in the kernel, not in Go's timers: those wake through the poller, and are late by its slack and by
// whatever goroutine runs next.
type threadAlarm struct {
	fd   int
	poll []unix.PollFd
}

func newThreadAlarm() (alarm, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("make alarm: %w", err)
	}
	return &threadAlarm{fd: fd, poll: []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}}, nil
}

// lockThread keeps the calling goroutine on a thread whose sleeps end to the microsecond.
func (a *threadAlarm) lockThread() (unlock func()) {
	runtime.LockOSThread()
	// The default slack of 50 µs would be added to every sleep (prctl(2), PR_SET_TIMERSLACK).
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	return runtime.UnlockOSThread
}

func (a *threadAlarm) sleep(d time.Duration) {
	var timeout *unix.Timespec
	if d >= 0 {
		t := unix.NsecToTimespec(int64(d))
		timeout = &t
	}
	n, _ := unix.Ppoll(a.poll, timeout, nil) // a signal is as good as a ring: the caller looks at its clock again
	if n > 0 {
		var count [8]byte
		_, _ = unix.Read(a.fd, count[:])
	}
}

func (a *threadAlarm) ring() {
	_, _ = unix.Write(a.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // full means it is ringing already
}

func (a *threadAlarm) close() { _ = unix.Close(a.fd) }
