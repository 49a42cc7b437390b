package kernel

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// streams are both ends of a stream in this process, as between an outside and an inside; the far one answers.
func streams(t *testing.T) (near, far *box.Stream) {
	t.Helper()
	a, b := net.Pipe()
	near, err := box.NewStream(a, true)
	require.NoError(t, err)
	far, err = box.NewStream(b, false)
	require.NoError(t, err)
	served := make(chan struct{})
	go func() {
		far.Serve(context.Background())
		close(served)
	}()
	t.Cleanup(func() {
		near.Close()
		<-served
	})
	return near, far
}
