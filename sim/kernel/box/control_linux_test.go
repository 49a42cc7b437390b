package box

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestOthersReachARunByItsName(t *testing.T) {
	near, far := streamPairOf(t)
	far.Handle("inject", func(_ context.Context, ch *Channel, args json.RawMessage) error {
		return ch.SendJSON(Value, "injected "+string(args))
	})
	far.Handle("fail", func(context.Context, *Channel, json.RawMessage) error { return errors.New("no node cor1") })
	_, err := FindControl("")
	require.ErrorContains(t, err, "nothing is running")
	one, err := ListenControl("plant", near, "inject", "fail")
	require.NoError(t, err)
	defer one.Close()
	only, err := FindControl("")
	require.NoError(t, err)
	var got string
	require.NoError(t, only.Call("inject", 7, &got))
	assert.Equal(t, "injected 7", got)
	assert.EqualError(t, only.Call("fail", nil, nil), "fail: no node cor1")
	assert.ErrorContains(t, only.Call("job", nil, nil), `does not do "job" for others`)

	two, err := ListenControl("plant", near, "inject")
	require.NoError(t, err)
	assert.Equal(t, "plant-2", two.Name)
	_, err = FindControl("")
	assert.ErrorContains(t, err, "choose one with --run: ")
	_, err = FindControl("other")
	assert.ErrorContains(t, err, "no run other, there is ")
	second, err := FindControl("plant-2")
	require.NoError(t, err)
	require.NoError(t, second.Call("inject", 8, &got))
	require.NoError(t, two.Close())
	_, err = FindControl("plant-2")
	assert.ErrorContains(t, err, "no run plant-2, there is plant")
}

func TestOtherUsersAreRefused(t *testing.T) {
	near, _ := streamPairOf(t)
	run, err := ListenControl("plant", near, "inject")
	require.NoError(t, err)
	defer run.Close()
	conn, err := dialAs(1000, controlAddress(run.Name))
	if errors.Is(err, unix.EINVAL) {
		t.Skip("there is but one user in a box that was not made by root")
	}
	require.NoError(t, err)
	defer conn.Close()
	require.ErrorContains(t, NewChannel(conn).reply("inject", nil), "another user's")
}

// dialAs connects as another user, on a thread that is given up for it.
func dialAs(uid int, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread()
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid)); errno != 0 {
			done <- result{nil, errno}
			return
		}
		conn, err := net.Dial("unix", address)
		done <- result{conn, err}
	}()
	r := <-done
	return r.conn, r.err
}
