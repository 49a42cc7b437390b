package workload

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// datagram is the most that a socket of this package reads at once.
const datagram = 2048

// lane is a datagram socket of a place that comes back after a power loss.
type lane struct {
	place   sim.Place
	network string     // "udp4", "ip4:icmp"...
	addr    netip.Addr // its own
	icmp    bool
	port    atomic.Uint32
	conn    atomic.Pointer[sim.PacketConn]
}

// newLane makes the lane of a place on a network; nil is whatever routing gives. Proto is "icmp" or "udp".
func newLane(p sim.Place, on *topology.Network, proto string) *lane {
	addr := p.Addr(on)
	return &lane{place: p, addr: addr, network: family(proto, addr), icmp: proto == "icmp"}
}

var errNoSocket = errors.New("the node has no socket to send from")

// run keeps the socket open while its place is in service, and hands on what it hears, until ctx ends.
func (l *lane) run(ctx context.Context, heard func(b []byte, from netip.AddrPort, at time.Duration)) error {
	return l.place.Serve(ctx, func(ctx context.Context) error {
		// The first port that the system gives is kept for good: others send to it.
		own := netip.AddrPortFrom(l.addr, uint16(l.port.Load()))
		conn, err := l.place.ListenPacket(ctx, l.network, own.String())
		if err != nil {
			return fmt.Errorf("open %s on %s: %w", l.network, l.place.Node().ID, err)
		}
		l.port.Store(uint32(conn.LocalAddr().Port()))
		l.conn.Store(&conn)
		defer l.conn.Store(nil)
		defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
		return hear(ctx, conn, heard)
	})
}

// hear reads until the socket is closed, which only the end of its context or of the power does. Other errors are what
// the network answers to single messages (ICMP unreachable) and say nothing about the socket.
func hear(ctx context.Context, conn sim.PacketConn, heard func([]byte, netip.AddrPort, time.Duration)) error {
	b := make([]byte, datagram)
	for {
		n, from, at, err := conn.ReadFrom(b)
		switch {
		case err == nil:
			heard(b[:n], from, at)
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			<-ctx.Done() // the power takes the socket a moment before it ends the context
			return nil
		}
	}
}

// send writes one datagram; a place without power has no socket to write to.
func (l *lane) send(b []byte, to netip.AddrPort) error {
	conn := l.conn.Load()
	if conn == nil {
		return errNoSocket
	}
	return (*conn).WriteTo(b, to)
}

// target is where others send to; false until the socket was open for the first time.
func (l *lane) target() (netip.AddrPort, bool) {
	port := l.port.Load()
	return netip.AddrPortFrom(l.addr, uint16(port)), port != 0
}

// family gives the network name its IP version: "udp4" for an IPv4 address.
func family(network string, addr netip.Addr) string {
	switch {
	case network == "icmp" && addr.Is4():
		return "ip4:icmp"
	case network == "icmp":
		return "ip6:ipv6-icmp"
	case addr.Is4():
		return network + "4"
	}
	return network + "6"
}
