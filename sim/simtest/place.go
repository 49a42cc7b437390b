package simtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// Wire joins two places on this machine's loopback interface. It can be cut: what is sent then is lost (datagrams) or
// waits (connections), as on a network whose hosts retransmit. Scenario time is the time since it was made.
type Wire struct {
	start  time.Time
	jumped atomic.Int64
	mu     sync.Mutex
	cond   *sync.Cond
	cut    bool
}

// NewWire makes a wire and a place at each end.
func NewWire() (w *Wire, from, to *Place) {
	w = &Wire{start: time.Now()}
	w.cond = sync.NewCond(&w.mu)
	p := TwoCore()
	return w, newPlace(w, p.Node("hv1")), newPlace(w, p.Node("hv2"))
}

// Cut cuts the wire.
func (w *Wire) Cut() { w.set(true) }

// Mend joins it again.
func (w *Wire) Mend() { w.set(false) }

func (w *Wire) set(cut bool) {
	w.mu.Lock()
	w.cut = cut
	w.mu.Unlock()
	w.cond.Broadcast()
}

func (w *Wire) isCut() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cut
}

// pass waits until the wire is whole; false when ctx ends before.
func (w *Wire) pass(ctx context.Context) bool {
	defer context.AfterFunc(ctx, w.cond.Broadcast)()
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.cut && ctx.Err() == nil {
		w.cond.Wait()
	}
	return ctx.Err() == nil
}

// Place is an end of a Wire. Its power can be taken.
type Place struct {
	wire *Wire
	node *topology.Node

	mu    sync.Mutex
	power context.Context
	off   context.CancelFunc
	back  chan struct{} // closed when power comes back; nil while there is power
}

func newPlace(w *Wire, n *topology.Node) *Place {
	p := &Place{wire: w, node: n}
	p.power, p.off = context.WithCancel(context.Background())
	return p
}

// PowerOff ends every socket of the place.
func (p *Place) PowerOff() {
	p.mu.Lock()
	p.back = make(chan struct{})
	p.mu.Unlock()
	p.off()
}

// PowerOn puts it in service again.
func (p *Place) PowerOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.power, p.off = context.WithCancel(context.Background())
	close(p.back)
	p.back = nil
}

func (p *Place) state() (power context.Context, back <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.power, p.back
}

// Node is the node of the plant.
func (p *Place) Node() *topology.Node { return p.node }

// Addr is 127.0.0.1 for all.
func (p *Place) Addr(*topology.Network) netip.Addr { return loopback }

// Now is the time since the wire was made, and what the clock has jumped.
func (p *Place) Now() time.Duration {
	return time.Since(p.wire.start) + time.Duration(p.wire.jumped.Load())
}

// Jump has the clock of both places jump on.
func (p *Place) Jump(by time.Duration) { p.wire.jumped.Add(int64(by)) }

// Pace ticks in real time.
func (p *Place) Pace(ctx context.Context, interval time.Duration, tick func(time.Duration)) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			tick(p.Now())
		}
	}
}

// Scatter ticks as Pace does.
func (p *Place) Scatter(ctx context.Context, interval time.Duration, tick func(time.Duration)) {
	p.Pace(ctx, interval, tick)
}

// Serve runs f while there is power.
func (p *Place) Serve(ctx context.Context, f func(context.Context) error) error {
	for ctx.Err() == nil {
		power, back := p.state()
		if back != nil {
			select {
			case <-ctx.Done():
				return nil
			case <-back:
			}
			continue
		}
		run, stop := context.WithCancel(ctx)
		untie := context.AfterFunc(power, stop)
		err := f(run)
		ended := run.Err() == nil && power.Err() == nil
		untie()
		stop()
		if ended {
			return err
		}
	}
	return nil
}

// tie closes c when the power goes or ctx, if not nil, ends.
func (p *Place) tie(c io.Closer) error {
	power, back := p.state()
	if back != nil {
		_ = c.Close()
		return sim.ErrNoPower
	}
	context.AfterFunc(power, func() { _ = c.Close() })
	return nil
}

// Listen listens on the loopback interface.
func (p *Place) Listen(ctx context.Context, network, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return l, p.tie(l)
}

// Dial connects over the wire: it waits while that is cut, and what is sent later does.
func (p *Place) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	power, back := p.state()
	if back != nil {
		return nil, sim.ErrNoPower
	}
	if !p.wire.pass(ctx) {
		return nil, ctx.Err()
	}
	far, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	near, relayed, err := tcpPair(ctx)
	if err != nil {
		return nil, err
	}
	life, end := context.WithCancel(power)
	go p.relay(life, end, relayed, far)
	go p.relay(life, end, far, relayed)
	context.AfterFunc(life, func() { _ = relayed.Close(); _ = far.Close() })
	return near, nil
}

// tcpPair makes both ends of a connection.
func tcpPair(ctx context.Context) (a, b net.Conn, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = l.Close() }()
	if a, err = new(net.Dialer).DialContext(ctx, "tcp4", l.Addr().String()); err != nil {
		return nil, nil, err
	}
	b, err = l.Accept()
	return a, b, err
}

// relay carries bytes one way, and waits while the wire is cut.
func (p *Place) relay(life context.Context, end func(), to io.Writer, from io.Reader) {
	defer end()
	b := make([]byte, 4096)
	for {
		n, err := from.Read(b)
		if err != nil || !p.wire.pass(life) {
			return
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// ListenPacket opens a datagram socket on the loopback interface; for ICMP one that answers itself.
func (p *Place) ListenPacket(_ context.Context, network, address string) (sim.PacketConn, error) {
	own, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	var c sim.PacketConn
	if network == "ip4:icmp" {
		c = &echoConn{place: p, answers: make(chan []byte, 1024), closed: make(chan struct{})}
	} else {
		u, err := net.ListenUDP(network, net.UDPAddrFromAddrPort(own))
		if err != nil {
			return nil, err
		}
		c = &udpConn{u, p}
	}
	return c, p.tie(c)
}

type udpConn struct {
	*net.UDPConn
	place *Place
}

// WriteTo loses what is sent while the wire is cut.
func (c *udpConn) WriteTo(b []byte, to netip.AddrPort) error {
	if c.place.wire.isCut() {
		return nil
	}
	_, err := c.WriteToUDPAddrPort(b, to)
	return err
}

// ReadFrom stamps in user space.
func (c *udpConn) ReadFrom(b []byte) (int, netip.AddrPort, time.Duration, error) {
	n, from, err := c.ReadFromUDPAddrPort(b)
	return n, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), c.place.Now(), err
}

// LocalAddr is where it listens.
func (c *udpConn) LocalAddr() netip.AddrPort {
	return c.UDPConn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// echoConn is an ICMP socket whose far end is well.
type echoConn struct {
	place   *Place
	answers chan []byte
	once    sync.Once
	closed  chan struct{}
}

// WriteTo queues the answer.
func (c *echoConn) WriteTo(b []byte, _ netip.AddrPort) error {
	if c.place.wire.isCut() {
		return nil
	}
	answer := append([]byte{0}, b[1:]...)
	select {
	case c.answers <- answer:
		return nil
	default:
		return errors.New("no room")
	}
}

// ReadFrom gives the next answer.
func (c *echoConn) ReadFrom(b []byte) (int, netip.AddrPort, time.Duration, error) {
	select {
	case <-c.closed:
		return 0, netip.AddrPort{}, 0, net.ErrClosed
	case answer := <-c.answers:
		return copy(b, answer), netip.AddrPortFrom(loopback, 0), c.place.Now(), nil
	}
}

// LocalAddr is an identifier.
func (c *echoConn) LocalAddr() netip.AddrPort { return netip.AddrPortFrom(loopback, 7) }

// Close ends reading.
func (c *echoConn) Close() error { c.once.Do(func() { close(c.closed) }); return nil }

// Disk is none: a wire has no array at its end.
func (p *Place) Disk(*topology.Datastore) (sim.Disk, error) {
	return nil, fmt.Errorf("open a datastore at %s: %w", p.node.ID, sim.ErrUnsupported)
}
