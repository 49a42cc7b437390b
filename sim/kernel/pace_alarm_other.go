//go:build !linux

package kernel

import "time"

// alarm is of no use where there is no kernel world.
type alarm struct{}

func (a *alarm) open() error         { return notLinux }
func (a *alarm) lockThread() func()  { return func() {} }
func (a *alarm) sleep(time.Duration) {}
func (a *alarm) ring()               {}
func (a *alarm) close()              {}
