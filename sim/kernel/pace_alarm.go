package kernel

import "time"

// alarm is a sleep that others can end.
type alarm interface {
	// lockThread readies the calling goroutine, which is the one that sleeps.
	lockThread() (unlock func())
	// sleep waits for d, for ever if it is negative, or until somebody rings.
	sleep(d time.Duration)
	// ring ends the present sleep, or the next one.
	ring()
	close()
}

// timerAlarm sleeps by Go's timers: in a capsule no sleep is late, and a thread that sleeps in the kernel would cost its
// waking and keep Go's right to run.
type timerAlarm struct {
	timer *time.Timer
	rung  chan struct{}
}

func newTimerAlarm() *timerAlarm {
	a := &timerAlarm{timer: time.NewTimer(time.Hour), rung: make(chan struct{}, 1)}
	a.timer.Stop()
	return a
}

func (a *timerAlarm) lockThread() (unlock func()) { return func() {} }

func (a *timerAlarm) sleep(d time.Duration) {
	if d < 0 {
		<-a.rung
		return
	}
	a.timer.Reset(d)
	select {
	case <-a.timer.C:
	case <-a.rung:
		a.timer.Stop()
	}
}

func (a *timerAlarm) ring() {
	select {
	case a.rung <- struct{}{}:
	default: // it is ringing already
	}
}

func (a *timerAlarm) close() {}
