//go:build !linux

package kernel

import "github.com/dcdrill/dcdrill/sim/kernel/box"

// newThreadAlarm is of no use where there is no kernel world.
func newThreadAlarm() (alarm, error) { return nil, box.NotLinux }
