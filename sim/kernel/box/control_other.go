//go:build !linux

package box

import "net"

func controlAddress(name string) string { return name }

// Controls says that this is not Linux.
func Controls() ([]Control, error) { return nil, NotLinux }

func listenControl(string) (net.Listener, error) { return nil, NotLinux }

func isTaken(error) bool { return false }

func sameUser(net.Conn) error { return NotLinux }
