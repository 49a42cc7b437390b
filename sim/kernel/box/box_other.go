//go:build !linux

package box

import "github.com/dcdrill/dcdrill/sim"

// Box is the inside seen from the outside; there is none here.
type Box struct{ Stream *Stream }

// NotLinux is what everything that needs Linux says elsewhere.
var NotLinux = &Unavailable{What: "the kernel world needs Linux", Remedy: "use --world model, or run it on a Linux machine"}

// Start says that this is not Linux.
func Start(Options) (*Box, error) { return nil, NotLinux }

// Enter says that this is not Linux.
func Enter() (*Stream, error) { return nil, NotLinux }

// Run runs f as it is.
func Run(f func() int) int { return f() }

// PID is 0.
func (b *Box) PID() int { return 0 }

// Done is nil: it never ends what never began.
func (b *Box) Done() <-chan struct{} { return nil }

// Wait says that this is not Linux.
func (b *Box) Wait() error { return NotLinux }

// Capability is none.
func (b *Box) Capability() sim.Capability { return sim.Capability{} }

// Close does nothing.
func (b *Box) Close() error { return nil }

// InCapsule is false: there is no capsule but on Linux.
func InCapsule() bool { return false }
