package workload

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// mostUnanswered is how many echoes wait for an answer before no more are sent: a few hundred octets, which never fill
// a socket's buffer, so that sending never blocks.
const mostUnanswered = 64

// longAgo is before any time of a run: those begin before 0.
const longAgo = -sim.Never

// client keeps a connection and echoes over it. All that it decides, it decides at its ticks, in scenario time: so a
// jump of the clock ages its connection as it should.
type client struct {
	*terminal
	ctx    context.Context
	place  sim.Place
	server *desk
	out    asker

	mu         sync.Mutex
	running    sync.WaitGroup
	conn       net.Conn
	connected  bool // once at least
	dialing    bool
	cancelDial context.CancelFunc
	dialAt     time.Duration // when it began to dial, or will at the earliest

	unanswered int
	waiting    time.Duration // since when the oldest of them waits
}

// tick sends an echo, if there is a connection that is worth it.
func (c *client) tick(at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil && c.unanswered > 0 && at-c.waiting >= c.timeout {
		c.drop(c.conn, at)
	}
	if c.conn == nil {
		c.dial(at)
	}
	c.out.ask(at, func(n uint64) bool { return c.send(n, at) })
}

func (c *client) send(n uint64, at time.Duration) bool {
	if c.conn == nil || c.unanswered >= mostUnanswered {
		return false
	}
	if c.unanswered == 0 {
		c.waiting = at
	}
	c.unanswered++
	_, err := c.conn.Write(binary.BigEndian.AppendUint64(nil, n))
	if err != nil {
		c.drop(c.conn, at)
	}
	return err == nil
}

// drop ends a connection, if it is still the one; the next is dialled at once.
func (c *client) drop(conn net.Conn, at time.Duration) {
	_ = conn.Close()
	if c.conn == conn {
		c.conn, c.unanswered, c.dialAt = nil, 0, at
	}
}

// dial makes a connection in the background. One that has not come about in time, by the scenario's clock, is left.
func (c *client) dial(at time.Duration) {
	switch {
	case c.dialing && at-c.dialAt > dialTimeout:
		c.cancelDial()
	case !c.dialing && at >= c.dialAt && c.ctx.Err() == nil:
		ctx, cancel := context.WithTimeout(c.ctx, dialTimeout)
		c.dialing, c.cancelDial, c.dialAt = true, cancel, at
		c.running.Go(func() { c.connect(ctx, cancel) })
	}
}

func (c *client) connect(ctx context.Context, cancel context.CancelFunc) {
	defer cancel()
	conn, err := c.server.dial(ctx, c.place)
	now := c.place.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dialing = false
	switch {
	case err != nil && now-c.dialAt > dialTimeout: // the clock jumped: whoever waited that long is dialling anew
		c.dialAt = now
	case err != nil:
		c.dialAt = now + dialPause
	case c.ctx.Err() != nil:
		_ = conn.Close()
	default:
		if c.connected {
			c.out.meter.Reconnected(now)
		}
		c.conn, c.connected, c.unanswered = conn, true, 0
		c.running.Go(func() { c.listen(conn) })
	}
}

// listen reads answers until the connection ends.
func (c *client) listen(conn net.Conn) {
	var b [8]byte
	for {
		if _, err := io.ReadFull(conn, b[:]); err != nil {
			c.mu.Lock()
			c.drop(conn, c.place.Now())
			c.mu.Unlock()
			return
		}
		c.heard(conn, binary.BigEndian.Uint64(b[:]))
	}
}

// heard takes an answer.
func (c *client) heard(conn net.Conn, n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.place.Now()
	if c.conn != conn || c.unanswered == 0 {
		return
	}
	c.unanswered--
	c.waiting = now
	c.out.meter.Answered(n, now)
}

// hangUp ends everything.
func (c *client) hangUp() {
	c.mu.Lock()
	if c.conn != nil {
		c.drop(c.conn, 0)
	}
	c.mu.Unlock()
	c.running.Wait()
}

// echoAll sends back what it gets on every connection (RFC 862).
func echoAll(ctx context.Context, l net.Listener) error {
	var all sync.WaitGroup
	defer all.Wait()
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	for {
		conn, err := l.Accept()
		if err != nil {
			return lostPower(ctx, err)
		}
		all.Go(func() {
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			_, _ = io.Copy(conn, conn)
			_ = conn.Close()
		})
	}
}
