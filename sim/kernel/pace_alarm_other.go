//go:build !linux

package kernel

// newThreadAlarm is of no use where there is no kernel world.
func newThreadAlarm() (alarm, error) { return nil, notLinux }
