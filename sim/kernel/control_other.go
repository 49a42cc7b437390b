//go:build !linux

package kernel

import "net"

func controlAddress(name string) string { return name }

// Controls says that this is not Linux.
func Controls() ([]Control, error) { return nil, notLinux }

func listenControl(string) (net.Listener, error) { return nil, notLinux }

func isTaken(error) bool { return false }

func sameUser(net.Conn) error { return notLinux }
