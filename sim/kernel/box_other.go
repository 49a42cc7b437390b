//go:build !linux

package kernel

import "github.com/dcdrill/dcdrill/sim"

// Box is the inside seen from the outside; there is none here.
type Box struct{ Stream *Stream }

var notLinux = &Unavailable{What: "the kernel world needs Linux", Remedy: "use --world model, or run it on a Linux machine"}

// StartBox says that this is not Linux.
func StartBox(BoxOptions) (*Box, error) { return nil, notLinux }

// Enter says that this is not Linux.
func Enter() (*Stream, error) { return nil, notLinux }

// Boxed runs f as it is.
func Boxed(f func() int) int { return f() }

// PID is 0.
func (b *Box) PID() int { return 0 }

// Done is nil: it never ends what never began.
func (b *Box) Done() <-chan struct{} { return nil }

// Wait says that this is not Linux.
func (b *Box) Wait() error { return notLinux }

func (b *Box) capability() sim.Capability { return sim.Capability{} }

// Close does nothing.
func (b *Box) Close() error { return nil }

// InCapsule is false: there is no capsule but on Linux.
func InCapsule() bool { return false }
