package kernel

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
)

// A socket lives where it was made, for ever, whichever thread uses it afterwards. So only the system call socket(2)
// is done in the node's namespace: Go's net makes its own socket as usual, and before it binds or connects, the
// descriptor is made to mean one that was born in the namespace. All else of Go's net, its poller first, then works
// on it as on any other.

// birth is how the sockets of a kind are made.
type birth struct {
	room     room
	protocol int
	options  []option
}

// option is a socket option of level SOL_SOCKET or another, set to 1.
type option struct{ level, name int }

var (
	reuse  = option{unix.SOL_SOCKET, unix.SO_REUSEADDR} // what Go gives every listener
	stamps = option{unix.SOL_SOCKET, unix.SO_TIMESTAMPNS}
	only6  = option{unix.IPPROTO_IPV6, unix.IPV6_V6ONLY}
)

// control is for net.Dialer and net.ListenConfig.
func (b birth) control(network, address string, c syscall.RawConn) error {
	var err error
	outer := c.Control(func(fd uintptr) { err = b.replace(int(fd)) })
	if outer != nil {
		return outer
	}
	return err
}

// replace makes fd mean a new socket in the namespace, of the same family and type.
func (b birth) replace(fd int) error {
	family, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return fmt.Errorf("ask socket's family: %w", err)
	}
	sort, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return fmt.Errorf("ask socket's type: %w", err)
	}
	var born int
	err = b.room.do(func() (err error) {
		born, err = unix.Socket(family, sort|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, b.protocol)
		return err
	})
	if err != nil {
		return fmt.Errorf("make socket: %w", err)
	}
	defer unix.Close(born)
	if err := b.set(born, family); err != nil {
		return err
	}
	if err := unix.Dup3(born, fd, unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("take socket: %w", err)
	}
	return nil
}

func (b birth) set(fd, family int) error {
	for _, o := range b.options {
		if o.level == unix.IPPROTO_IPV6 && family != unix.AF_INET6 {
			continue
		}
		if err := unix.SetsockoptInt(fd, o.level, o.name, 1); err != nil {
			return fmt.Errorf("set socket option %d: %w", o.name, err)
		}
	}
	return nil
}

// Dial implements sim.Place.
func (p *place) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	life, err := p.alive()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(life, cancel)()
	d := net.Dialer{Control: birth{room: p.room, options: []option{only6}}.control}
	if from := p.node.Loopback; from.IsValid() && from.Is4() == (network == "tcp4") {
		d.LocalAddr = &net.TCPAddr{IP: from.AsSlice()}
	}
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		if life.Err() != nil {
			err = sim.ErrNoPower
		}
		return nil, fmt.Errorf("dial from %s: %w", p.node.ID, err)
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		conn.Close()
		return nil, fmt.Errorf("dial from %s: %q is no stream of bytes", p.node.ID, network)
	}
	return p.conn(tcp, life)
}

// conn keeps a connection.
func (p *place) conn(tcp *net.TCPConn, life context.Context) (net.Conn, error) {
	c := &tcpConn{TCPConn: tcp, place: p}
	if err := p.keep(c, life); err != nil {
		return nil, err
	}
	return c, nil
}

// tcpConn is a connection that its place knows of.
type tcpConn struct {
	*net.TCPConn
	place *place
}

// Close closes the connection as TCP does.
func (c *tcpConn) Close() error {
	c.place.forget(c)
	return c.TCPConn.Close()
}

// abandon drops all state: with linger 0 there is a reset instead of an orderly end, and as the links are down by now,
// not even that arrives.
func (c *tcpConn) abandon() {
	_ = c.SetLinger(0)
	_ = c.TCPConn.Close()
}

// Listen implements sim.Place.
func (p *place) Listen(ctx context.Context, network, address string) (net.Listener, error) {
	life, err := p.alive()
	if err != nil {
		return nil, err
	}
	lc := net.ListenConfig{Control: birth{room: p.room, options: []option{reuse, only6}}.control}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", p.node.ID, err)
	}
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		l.Close()
		return nil, fmt.Errorf("listen on %s: %q is no stream of bytes", p.node.ID, network)
	}
	kept := &tcpListener{TCPListener: tcp, place: p, life: life}
	return kept, p.keep(kept, life)
}

// tcpListener is a listener that its place knows of, and whose connections it knows of.
type tcpListener struct {
	*net.TCPListener
	place *place
	life  context.Context
}

// Accept waits for the next connection.
func (l *tcpListener) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return l.place.conn(c, l.life)
}

// Close ends the listening.
func (l *tcpListener) Close() error {
	l.place.forget(l)
	return l.TCPListener.Close()
}

func (l *tcpListener) abandon() { _ = l.TCPListener.Close() }

// datagrams are the networks of ListenPacket: the name that Go's net has for the family, and the protocol.
var datagrams = map[string]struct {
	network  string
	protocol int
}{
	"udp4":          {"udp4", unix.IPPROTO_UDP},
	"udp6":          {"udp6", unix.IPPROTO_UDP},
	"ip4:icmp":      {"udp4", unix.IPPROTO_ICMP},
	"ip6:ipv6-icmp": {"udp6", unix.IPPROTO_ICMPV6},
}

// ListenPacket implements sim.Place. For ICMP it opens the kernel's ping sockets (icmp(7), ping_group_range): a raw
// socket would get a copy of every ICMP message of its node, which for n members on a node is n times n copies.
func (p *place) ListenPacket(ctx context.Context, network, address string) (sim.PacketConn, error) {
	life, err := p.alive()
	if err != nil {
		return nil, err
	}
	kind, known := datagrams[network]
	if !known {
		return nil, fmt.Errorf("listen on %s: there are no datagrams of %q", p.node.ID, network)
	}
	if kind.protocol != unix.IPPROTO_UDP {
		if err := p.readyForPing(); err != nil {
			return nil, err
		}
	}
	lc := net.ListenConfig{Control: birth{room: p.room, protocol: kind.protocol, options: []option{stamps, only6}}.control}
	pc, err := lc.ListenPacket(ctx, kind.network, p.from(kind.network, address))
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", p.node.ID, err)
	}
	return p.packets(pc.(*net.UDPConn), life)
}

// from completes the address of a datagram socket: the port may be left out, and an external node speaks from its
// loopback unless told otherwise.
func (p *place) from(network, address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, "0"
	}
	if a, err := netip.ParseAddr(host); host == "" || err == nil && a.IsUnspecified() {
		if own := p.node.Loopback; own.IsValid() && own.Is4() == strings.HasSuffix(network, "4") {
			host = own.String()
		}
	}
	return net.JoinHostPort(host, port)
}

// readyForPing lets the node's namespace have ping sockets, once.
func (p *place) readyForPing() error {
	p.pingOnce.Do(func() { p.pingErr = p.room.do(allowPing) })
	if p.pingErr != nil {
		return fmt.Errorf("allow ping sockets on %s: %w", p.node.ID, p.pingErr)
	}
	return nil
}

// allowPing lets group 0, which is all there is in a box, open ping sockets in the calling thread's namespace.
func allowPing() error {
	return os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte("0 0"), 0)
}
