package workload

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// desk is where a server of a place listens; it keeps its port for good, also over a power loss.
type desk struct {
	place sim.Place
	addr  netip.Addr
	port  atomic.Uint32
}

// newDesk makes the desk of a place on a network; nil is whatever routing gives.
func newDesk(p sim.Place, on *topology.Network) *desk { return &desk{place: p, addr: p.Addr(on)} }

// run listens while the place is in service, and has every listener served until its context ends.
func (d *desk) run(ctx context.Context, serve func(context.Context, net.Listener) error) error {
	return d.place.Serve(ctx, func(ctx context.Context) error {
		own := netip.AddrPortFrom(d.addr, uint16(d.port.Load()))
		l, err := d.place.Listen(ctx, family("tcp", d.addr), own.String())
		if err != nil {
			return fmt.Errorf("listen on %s: %w", d.place.Node().ID, err)
		}
		defer func() { _ = l.Close() }()
		if bound, ok := l.Addr().(*net.TCPAddr); ok {
			d.port.Store(uint32(bound.Port))
		}
		return serve(ctx, l)
	})
}

// dial connects to the desk from another place.
func (d *desk) dial(ctx context.Context, from sim.Place) (net.Conn, error) {
	port := d.port.Load()
	if port == 0 {
		return nil, errNoSocket
	}
	return from.Dial(ctx, family("tcp", d.addr), netip.AddrPortFrom(d.addr, uint16(port)).String())
}
