package kernel

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
)

// figuresOfSkew switches off 2 and 64 switches together, with a stream over each, and compares the kernel's stamps of
// the last datagrams that arrived.
func figuresOfSkew(t *testing.T) []figure {
	var table []figure
	for _, c := range []struct {
		switches int
		target   string
	}{{2, "under 1 ms"}, {64, "under 5 ms"}} {
		spread, round, skew := measureSkew(t, c.switches)
		what := fmt.Sprintf("forwarding skew, %d switches", c.switches)
		table = append(table,
			figure{what, ms(spread), "sent every " + ms(round), "", c.target},
			figure{what + ": armed late by", ms(time.Duration(skew.Forwarding)), "", "", ""},
			figure{what + ": carriers", ms(time.Duration(skew.Carrier)), "", "", "reported"})
	}
	return table
}

// measureSkew says within which time the last datagrams over all switches arrived, and how long one round of sending
// over all of them takes at most: that much of the spread is the sender's.
func measureSkew(t *testing.T, switches int) (spread, round time.Duration, skew *sim.SkewData) {
	p := islands(switches)
	c := standing(t, p)
	defer awaitTeardown(t)
	var in, out []int
	for i := range switches {
		from, to := p.Node(fmt.Sprintf("h%d-0", i)), p.Node(fmt.Sprintf("h%d-1", i))
		in = append(in, skewReceiver(t, c.netns(to)))
		out = append(out, skewSender(t, c.netns(from), to.Interfaces[0].Addr.Addr().As4()))
	}
	stop, done := make(chan struct{}), make(chan time.Duration)
	go func() { done <- sendRound(out, stop) }()
	for _, fd := range in {
		require.NotZero(t, stampOf(fd)) // all of them flow
	}
	skew = c.mustSet(t, powerOff(p)...)
	close(stop)
	round = <-done
	var first, last time.Time
	for _, fd := range in {
		at := lastStamp(fd)
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
		_ = unix.Close(fd)
	}
	for _, fd := range out {
		_ = unix.Close(fd)
	}
	return last.Sub(first), round, skew
}

const skewPort = 9000

func skewReceiver(t *testing.T, n *netns) int {
	var fd int
	require.NoError(t, n.do(func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		return err
	}))
	require.NoError(t, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1))
	require.NoError(t, unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 5}))
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20)
	require.NoError(t, unix.Bind(fd, &unix.SockaddrInet4{Port: skewPort}))
	return fd
}

func skewSender(t *testing.T, n *netns, to [4]byte) int {
	var fd int
	require.NoError(t, n.do(func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		return err
	}))
	require.NoError(t, unix.Connect(fd, &unix.SockaddrInet4{Port: skewPort, Addr: to}))
	return fd
}

// sendRound sends over all sockets in turn until it is stopped, and says how long the slowest of the latest rounds took.
func sendRound(out []int, stop chan struct{}) time.Duration {
	var recent [64]time.Duration
	for i := 0; ; i++ {
		select {
		case <-stop:
			slowest := time.Duration(0)
			for _, d := range recent {
				slowest = max(slowest, d)
			}
			return slowest
		default:
		}
		start := time.Now()
		for _, fd := range out {
			_, _ = unix.Write(fd, []byte("dcdrill"))
		}
		time.Sleep(50 * time.Microsecond)
		recent[i%len(recent)] = time.Since(start)
	}
}

// stampOf takes one datagram; the zero time when none comes.
func stampOf(fd int) time.Time {
	buf, control := make([]byte, 64), make([]byte, 128)
	_, n, _, _, err := unix.Recvmsg(fd, buf, control, 0)
	if err != nil {
		return time.Time{}
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil || len(messages) == 0 {
		return time.Time{}
	}
	return time.Unix(int64(nativeU64(messages[0].Data)), int64(nativeU64(messages[0].Data[8:])))
}

// lastStamp takes all that has arrived and is the stamp of the last.
func lastStamp(fd int) time.Time {
	_ = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 1000})
	var last time.Time
	for {
		at := stampOf(fd)
		if at.IsZero() {
			return last
		}
		last = at
	}
}
