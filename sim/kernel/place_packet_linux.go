package kernel

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim/kernel/capture"
)

// packetConn is a datagram socket whose arrivals are stamped by the kernel.
type packetConn struct {
	udp   *net.UDPConn
	raw   syscall.RawConn
	place *place

	mu  sync.Mutex // one reader at a time
	oob [64]byte   // room for one SCM_TIMESTAMPNS
}

func (p *place) packets(udp *net.UDPConn, life context.Context) (*packetConn, error) {
	raw, err := udp.SyscallConn()
	if err != nil {
		udp.Close()
		return nil, fmt.Errorf("listen on %s: %w", p.node.ID, err)
	}
	c := &packetConn{udp: udp, raw: raw, place: p}
	return c, p.keep(c, life)
}

// WriteTo implements sim.PacketConn. While a neighbour is looked for, the socket's whole buffer may wait for it; a
// pacer must not.
func (c *packetConn) WriteTo(b []byte, to netip.AddrPort) error {
	var err error
	if outer := c.raw.Control(func(fd uintptr) { err = unix.Sendto(int(fd), b, unix.MSG_DONTWAIT, sockaddr(to)) }); outer != nil {
		return outer
	}
	if err != nil {
		return fmt.Errorf("send to %s: %w", to, err)
	}
	return nil
}

func sockaddr(to netip.AddrPort) unix.Sockaddr {
	if to.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
}

// ReadFrom implements sim.PacketConn.
func (c *packetConn) ReadFrom(b []byte) (n int, from netip.AddrPort, at time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, oobn, _, from, err := c.udp.ReadMsgUDPAddrPort(b, c.oob[:])
	if err != nil {
		return 0, from, 0, err
	}
	stamp, ok := capture.StampIn(c.oob[:oobn])
	if !ok {
		return n, from, c.place.clock.Now(), nil
	}
	return n, from, c.place.clock.Stamp(stamp), nil
}

// LocalAddr implements sim.PacketConn.
func (c *packetConn) LocalAddr() netip.AddrPort { return c.udp.LocalAddr().(*net.UDPAddr).AddrPort() }

// Close implements sim.PacketConn.
func (c *packetConn) Close() error {
	c.place.forget(c)
	return c.udp.Close()
}

func (c *packetConn) abandon() { _ = c.udp.Close() }
