package kernel

import (
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// stream sends a datagram every millisecond from one node to another, for as long as the test lasts, and keeps the
// kernel's stamp of each arrival.
type stream struct {
	sent     atomic.Int64
	received atomic.Int64
	stamps   chan time.Time
	stop     chan struct{}
}

func startStream(t *testing.T, from, to *netns, addr netip.Addr, every time.Duration) *stream {
	t.Helper()
	s := &stream{stamps: make(chan time.Time, 1<<20), stop: make(chan struct{})}
	in := udpIn(t, to, netip.AddrPortFrom(addr, 0))
	require.NoError(t, setStamps(in))
	port := uint16(in.LocalAddr().(*net.UDPAddr).Port)
	out := udpIn(t, from, netip.AddrPort{})
	go s.send(out, netip.AddrPortFrom(addr, port), every)
	go s.receive(in)
	t.Cleanup(func() {
		close(s.stop)
		in.Close()
		out.Close()
	})
	s.flows(t)
	return s
}

func udpIn(t *testing.T, n *netns, at netip.AddrPort) *net.UDPConn {
	t.Helper()
	var c *net.UDPConn
	require.NoError(t, n.do(func() (err error) {
		c, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
		return err
	}))
	return c
}

func setStamps(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var fault error
	err = raw.Control(func(fd uintptr) {
		fault = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
	if err != nil {
		return err
	}
	return fault
}

func (s *stream) send(c *net.UDPConn, to netip.AddrPort, every time.Duration) {
	for next := time.Now(); ; next = next.Add(every) {
		select {
		case <-s.stop:
			return
		case <-time.After(time.Until(next)):
			if _, err := c.WriteToUDPAddrPort([]byte("dcdrill"), to); err == nil {
				s.sent.Add(1)
			}
		}
	}
}

func (s *stream) receive(c *net.UDPConn) {
	buf, control := make([]byte, 1500), make([]byte, 128)
	for {
		_, n, _, _, err := c.ReadMsgUDPAddrPort(buf, control)
		if err != nil {
			return
		}
		messages, err := unix.ParseSocketControlMessage(control[:n])
		if err != nil || len(messages) == 0 {
			continue
		}
		sec, nsec := int64(nativeU64(messages[0].Data)), int64(nativeU64(messages[0].Data[8:]))
		s.received.Add(1)
		s.stamps <- time.Unix(sec, nsec)
	}
}

// flows waits until datagrams arrive that were sent from now on.
func (s *stream) flows(t *testing.T) {
	t.Helper()
	now := time.Now()
	for {
		select {
		case at := <-s.stamps:
			if at.After(now) {
				return
			}
		case <-time.After(10 * time.Second):
			require.Fail(t, "nothing arrives")
		}
	}
}

// silent waits until nothing has arrived for a while, and says when the last datagram did.
func (s *stream) silent(t *testing.T) time.Time {
	t.Helper()
	var last time.Time
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		select {
		case last = <-s.stamps:
		case <-time.After(100 * time.Millisecond):
			return last
		}
	}
	require.Fail(t, "datagrams still arrive")
	return last
}
