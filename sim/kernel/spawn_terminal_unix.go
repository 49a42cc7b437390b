//go:build unix

package kernel

import (
	"os"
	"os/signal"
	"syscall"
)

// watchSize tells every new size of a terminal until it is stopped.
func watchSize(fd int) (<-chan Size, func()) {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	sizes, done := make(chan Size), make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-changed:
			}
			size, err := sizeOf(fd)
			if err != nil {
				continue
			}
			select {
			case sizes <- size:
			case <-done:
				return
			}
		}
	}()
	return sizes, func() { signal.Stop(changed); close(done) }
}
