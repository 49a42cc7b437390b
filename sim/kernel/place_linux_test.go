package kernel

import (
	"context"
	"io"
	"net"
	"net/netip"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vishvananda/netlink"
	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// testRoom is a namespace made by hand.
type testRoom int

func newTestRoom(t *testing.T) testRoom {
	t.Helper()
	fds := make(chan int)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends in its namespace
		fd := -1
		if unix.Unshare(unix.CLONE_NEWNET) == nil {
			fd, _ = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		}
		fds <- fd
	}()
	fd := <-fds
	require.NotEqual(t, -1, fd)
	t.Cleanup(func() { unix.Close(fd) })
	return testRoom(fd)
}

func (r testRoom) do(f func() error) error {
	errs := make(chan error)
	go func() {
		runtime.LockOSThread()
		if err := unix.Setns(int(r), unix.CLONE_NEWNET); err != nil {
			errs <- err
			return
		}
		errs <- f()
	}()
	return <-errs
}

// twoPlaces are hosts a (10.0.0.1) and b (10.0.0.2) on one cable.
func twoPlaces(t *testing.T) (a, b *place, clock *Clock) {
	t.Helper()
	clock = NewClock(false)
	p, err := newPaces(clock)
	require.NoError(t, err)
	t.Cleanup(p.close)
	ra, rb := newTestRoom(t), newTestRoom(t)
	require.NoError(t, ra.do(func() error {
		veth := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "e0", Index: 101}, PeerName: "e0", PeerNamespace: netlink.NsFd(int(rb))}
		return netlink.LinkAdd(veth)
	}))
	for i, r := range []testRoom{ra, rb} {
		require.NoError(t, r.do(func() error { return configure(i + 1) }))
	}
	node := func(id string, n byte) *topology.Node {
		addr := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, n}), 24)
		return &topology.Node{ID: id, Interfaces: []*topology.Interface{{Addr: addr}}}
	}
	return newPlace(node("a", 1), ra, clock, p), newPlace(node("b", 2), rb, clock, p), clock
}

func configure(n int) error {
	for _, name := range []string{"lo", "e0"} {
		l, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		if name == "e0" {
			addr := &netlink.Addr{IPNet: &net.IPNet{IP: net.IPv4(10, 0, 0, byte(n)), Mask: net.CIDRMask(24, 32)}}
			if err := netlink.AddrAdd(l, addr); err != nil {
				return err
			}
		}
		if err := netlink.LinkSetUp(l); err != nil {
			return err
		}
	}
	return nil
}

func TestSocketsLiveInTheirNode(t *testing.T) {
	a, b, _ := twoPlaces(t)
	ctx := t.Context()
	l, err := b.Listen(ctx, "tcp4", ":80")
	require.NoError(t, err)
	defer l.Close()
	go echoOnce(l)
	c, err := a.Dial(ctx, "tcp4", "10.0.0.2:80")
	require.NoError(t, err)
	defer c.Close()
	require.Equal(t, "10.0.0.1", c.LocalAddr().(*net.TCPAddr).IP.String())
	_, err = c.Write([]byte("hello"))
	require.NoError(t, err)
	got := make([]byte, 5)
	_, err = io.ReadFull(c, got)
	require.NoError(t, err)
	require.Equal(t, "hello", string(got))
}

func echoOnce(l net.Listener) {
	if c, err := l.Accept(); err == nil {
		_, _ = io.Copy(c, c)
		c.Close()
	}
}

func TestDatagramsBearTheKernelsStamp(t *testing.T) {
	a, b, clock := twoPlaces(t)
	in, err := b.ListenPacket(t.Context(), "udp4", "10.0.0.2:9")
	require.NoError(t, err)
	defer in.Close()
	out, err := a.ListenPacket(t.Context(), "udp4", "")
	require.NoError(t, err)
	defer out.Close()
	before := clock.Now()
	require.NoError(t, out.WriteTo([]byte("x"), netip.MustParseAddrPort("10.0.0.2:9")))
	buf := make([]byte, 10)
	n, from, at, err := in.ReadFrom(buf)
	after := clock.Now()
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, netip.MustParseAddr("10.0.0.1"), from.Addr())
	require.Less(t, before, at)
	require.Less(t, at, after, "the stamp is when the kernel got it, not when we asked")
}

func TestPingSocketsGetTheirOwnAnswersOnly(t *testing.T) {
	a, _, _ := twoPlaces(t)
	one, err := a.ListenPacket(t.Context(), "ip4:icmp", "")
	require.NoError(t, err)
	defer one.Close()
	two, err := a.ListenPacket(t.Context(), "ip4:icmp", "")
	require.NoError(t, err)
	defer two.Close()
	require.NotEqual(t, one.LocalAddr().Port(), two.LocalAddr().Port())
	for i, c := range []sim.PacketConn{two, one} {
		ask := icmp.Message{Type: ipv4.ICMPTypeEcho, Body: &icmp.Echo{Seq: i, Data: []byte("data")}}
		b, err := ask.Marshal(nil)
		require.NoError(t, err)
		require.NoError(t, c.WriteTo(b, netip.MustParseAddrPort("10.0.0.2:0")))
	}
	for i, c := range []sim.PacketConn{two, one} {
		buf := make([]byte, 100)
		n, from, _, err := c.ReadFrom(buf)
		require.NoError(t, err)
		require.Equal(t, "10.0.0.2", from.Addr().String())
		m, err := icmp.ParseMessage(1, buf[:n])
		require.NoError(t, err)
		require.Equal(t, ipv4.ICMPTypeEchoReply, m.Type)
		require.Equal(t, i, m.Body.(*icmp.Echo).Seq)
		require.Equal(t, int(c.LocalAddr().Port()), m.Body.(*icmp.Echo).ID)
	}
}

func TestPowerLossTakesEverySocketAndServersComeBack(t *testing.T) {
	a, b, _ := twoPlaces(t)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx, func(ctx context.Context) error { return echo(ctx, b) }) }()
	c := dialUntil(t, a)
	b.enter(topology.Off)
	_, err := b.Listen(ctx, "tcp4", ":81")
	require.ErrorIs(t, err, sim.ErrNoPower)
	_, err = b.ListenPacket(ctx, "udp4", ":81")
	require.ErrorIs(t, err, sim.ErrNoPower)
	_, err = b.Dial(ctx, "tcp4", "10.0.0.1:81")
	require.ErrorIs(t, err, sim.ErrNoPower)
	b.enter(topology.PortsUp)
	_, err = b.Listen(ctx, "tcp4", ":81")
	require.ErrorIs(t, err, sim.ErrNoPower, "a node that is not up yet serves nobody")
	_, err = c.Read(make([]byte, 1))
	require.Error(t, err, "here the link is still there, so the reset is heard")
	b.enter(topology.Forwarding)
	dialUntil(t, a).Close()
	cancel()
	require.NoError(t, <-served)
}

func TestServeEndsWithWhatEndedByItself(t *testing.T) {
	a, _, _ := twoPlaces(t)
	require.ErrorIs(t, a.Serve(t.Context(), func(context.Context) error { return io.ErrNoProgress }), io.ErrNoProgress)
}

// echo is a server as workloads write them.
func echo(ctx context.Context, p sim.Place) error {
	l, err := p.Listen(ctx, "tcp4", ":80")
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() { _, _ = io.Copy(c, c) }()
	}
}

func dialUntil(t *testing.T, from *place) net.Conn {
	t.Helper()
	var c net.Conn
	require.Eventually(t, func() (ok bool) {
		var err error
		c, err = from.Dial(t.Context(), "tcp4", "10.0.0.2:80")
		return err == nil
	}, 10*time.Second, time.Millisecond)
	return c
}

func TestPacesTickOnTheirGrid(t *testing.T) {
	a, _, clock := twoPlaces(t)
	const interval = 2 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	var ticks atomic.Int64
	start := clock.Now()
	a.Pace(ctx, interval, func(at time.Duration) {
		if ticks.Add(1) == 50 {
			cancel()
		}
	})
	spent := clock.Now() - start
	require.GreaterOrEqual(t, spent, 49*interval, "no tick comes before its time")
	n := ticks.Load()
	require.GreaterOrEqual(t, n, int64(50))
	require.LessOrEqual(t, n, int64(spent/interval)+1, "nor twice")
}

func TestPacesStandStillWhileHeld(t *testing.T) {
	a, _, _ := twoPlaces(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ticks atomic.Int64
	go a.Pace(ctx, time.Millisecond, func(time.Duration) { ticks.Add(1) })
	require.Eventually(t, func() bool { return ticks.Load() > 3 }, 10*time.Second, time.Millisecond)
	a.paces.hold()
	n := ticks.Load()
	require.Never(t, func() bool { return ticks.Load() != n }, 20*time.Millisecond, time.Millisecond)
	a.paces.resume()
	require.Eventually(t, func() bool { return ticks.Load() > n }, 10*time.Second, time.Millisecond)
}

// The first tick keeps the thread for five intervals, so the second comes late.
func TestALateTickIsToldWithItsMoment(t *testing.T) {
	a, _, clock := twoPlaces(t)
	const interval = 10 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	var ticks []time.Duration // on the thread alone, which pace waits for
	late := map[time.Duration]time.Duration{}
	a.paces.pace(ctx, &pace{interval: interval, tick: func(at time.Duration) {
		if ticks = append(ticks, at); len(ticks) == 2 {
			cancel()
		}
		for len(ticks) == 1 && clock.Now() < at+5*interval {
			time.Sleep(time.Millisecond)
		}
	}, late: func(by, at time.Duration) { late[at] = by }})
	require.GreaterOrEqual(t, len(ticks), 2)
	require.Contains(t, late, ticks[1])
	require.GreaterOrEqual(t, late[ticks[1]], 3*interval)
}

func TestTicksInAJumpAreLeftOut(t *testing.T) {
	a, _, clock := twoPlaces(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ticks, late atomic.Int64
	tick := func(at time.Duration) { ticks.Add(1) }
	go a.paces.pace(ctx, &pace{interval: time.Second, tick: tick, late: func(by, _ time.Duration) { late.Store(int64(by)) }})
	require.Eventually(t, func() bool {
		a.paces.mu.Lock()
		defer a.paces.mu.Unlock()
		return len(a.paces.queue) == 1
	}, 10*time.Second, time.Millisecond)
	clock.Zero()
	require.Eventually(t, func() bool { return ticks.Load() > 0 }, 10*time.Second, time.Millisecond)
	require.Equal(t, int64(1), ticks.Load(), "not the six hundred of the ten minutes before")
	require.Less(t, time.Duration(late.Load()), time.Second)
}
