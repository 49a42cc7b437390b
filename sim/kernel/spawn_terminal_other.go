//go:build !unix

package kernel

// watchSize tells nothing: such terminals do not say when they change.
func watchSize(int) (<-chan Size, func()) { return nil, func() {} }
