package box

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// streamPairOf are both ends of a stream in this process; the far one answers with its handlers.
func streamPairOf(t *testing.T) (near, far *Stream) {
	t.Helper()
	a, b := net.Pipe()
	near, err := NewStream(a, true)
	require.NoError(t, err)
	far, err = NewStream(b, false)
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

func TestACallGetsItsAnswer(t *testing.T) {
	near, far := streamPairOf(t)
	far.Handle("double", func(_ context.Context, ch *Channel, args json.RawMessage) error {
		var n int
		if err := json.Unmarshal(args, &n); err != nil {
			return err
		}
		return ch.SendJSON(Value, 2*n)
	})
	var got int
	require.NoError(t, near.Call("double", 21, &got))
	require.Equal(t, 42, got)
}

func TestErrorsTravelWithTheirRemedies(t *testing.T) {
	near, far := streamPairOf(t)
	far.Handle("plain", func(context.Context, *Channel, json.RawMessage) error { return errors.New("no such node") })
	far.Handle("remedied", func(context.Context, *Channel, json.RawMessage) error {
		return &Unavailable{What: "no bonds", Remedy: "modprobe bonding", Err: errors.New("not supported")}
	})
	require.EqualError(t, near.Call("plain", nil, nil), "plain: no such node")
	require.ErrorContains(t, near.Call("unheard-of", nil, nil), `nobody here knows "unheard-of"`)
	var u *Unavailable
	require.ErrorAs(t, near.Call("remedied", nil, nil), &u)
	assert.Equal(t, "no bonds: not supported", u.Error())
	assert.Equal(t, "modprobe bonding", u.Remedy)
}

// TestNobodyWaitsForASlowReader fills one channel that nobody reads, and uses others meanwhile.
func TestNobodyWaitsForASlowReader(t *testing.T) {
	near, far := streamPairOf(t)
	stuck, release := make(chan error, 1), make(chan struct{})
	far.Handle("flood", func(_ context.Context, ch *Channel, _ json.RawMessage) error {
		for {
			if err := ch.Send(Output, make([]byte, 64<<10)); err != nil {
				stuck <- err
				return err
			}
		}
	})
	far.Handle("silent", func(_ context.Context, ch *Channel, _ json.RawMessage) error { <-release; return nil })
	far.Handle("ping", func(_ context.Context, ch *Channel, _ json.RawMessage) error { return ch.SendJSON(Value, "pong") })
	flood, err := near.Open("flood", nil)
	require.NoError(t, err)
	defer flood.Close()
	_, err = flood.Receive()
	require.NoError(t, err)
	silent, err := near.Open("silent", nil)
	require.NoError(t, err)
	go func() {
		for silent.Send(Input, make([]byte, 64<<10)) == nil {
		}
	}()
	for range 100 {
		var got string
		require.NoError(t, near.Call("ping", nil, &got))
		require.Equal(t, "pong", got)
	}
	close(release)
	near.Close()
	require.Error(t, <-stuck)
}

func TestWhoGivesUpIsNoticed(t *testing.T) {
	near, far := streamPairOf(t)
	gone := make(chan struct{})
	far.Handle("wait", func(ctx context.Context, ch *Channel, _ json.RawMessage) error {
		<-ch.Gone(ctx).Done()
		close(gone)
		return nil
	})
	ch, err := near.Open("wait", nil)
	require.NoError(t, err)
	require.NoError(t, ch.Close())
	<-gone
}

func TestALostPeerIsNoProperEnd(t *testing.T) {
	near, far := streamPairOf(t)
	far.Handle("die", func(context.Context, *Channel, json.RawMessage) error { return far.Close() })
	err := near.Call("die", nil, nil)
	require.Error(t, err)
	require.NotErrorIs(t, err, io.EOF)
}

func TestAFrameTooLargeIsRefused(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	go func() { _, _ = a.Write([]byte{'o', 0xff, 0xff, 0xff, 0xff}) }()
	_, err := NewChannel(b).Receive()
	require.ErrorContains(t, err, "too many")
}
