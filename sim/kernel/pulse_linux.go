package kernel

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// pulse is a conversation that nothing in the plant can break: a question and its answer over a loopback, at a steady beat,
// by the same thread, the same kernel and the same kind of goroutines that all others depend on. What it waits for is this
// machine. So a request counts as lost only when the pulse has been heard that began after its time was up: however long the
// machine did nothing, nobody takes that for an outage.
//
//	request    asked ─────────── 200 ms ─┐
//	pulse        │    │    (stall)        │    │         asked after the 200 ms,
//	             └ heard                  └────└ heard   and heard: now it is lost
type pulse struct {
	clock  *Clock
	conn   *net.UDPConn
	heard  atomic.Int64 // when the latest beat was asked that has been answered, in scenario time
	cancel context.CancelFunc
}

// pulseBeat is how much later than in time a request may be given up on an idle machine. Chosen: the slowest of the default
// intervals of those who are to be known to 10 ms.
const pulseBeat = 10 * time.Millisecond

// A beat is the time that it was asked, and whether it is the answer.
const (
	beatSize = 9
	question = 0
	answer   = 1
)

// newPulse begins to beat at a node, by a loopback that no fault knows of.
func newPulse(in room, c *Clock, p *paces) (*pulse, error) {
	lc := net.ListenConfig{Control: birth{room: in}.control}
	conn, err := lc.ListenPacket(context.Background(), "udp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("begin pulse: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	u := &pulse{clock: c, conn: conn.(*net.UDPConn), cancel: cancel}
	u.heard.Store(int64(beforeZero))
	go u.listen()
	go p.pace(ctx, &pace{interval: pulseBeat, tick: u.beat})
	return u, nil
}

// beat asks. What finds no room is lost: the next beat tells as much.
func (u *pulse) beat(at time.Duration) { u.say(question, uint64(at)) }

func (u *pulse) say(what byte, asked uint64) {
	b := append(binary.BigEndian.AppendUint64(nil, asked), what)
	raw, err := u.conn.SyscallConn()
	if err != nil {
		return
	}
	to := sockaddr(u.conn.LocalAddr().(*net.UDPAddr).AddrPort())
	_ = raw.Control(func(fd uintptr) { _ = unix.Sendto(int(fd), b, unix.MSG_DONTWAIT, to) })
}

// listen answers questions and hears answers, until the socket is closed.
func (u *pulse) listen() {
	var b [beatSize]byte
	for {
		var n int
		var err error
		if n, _, err = u.conn.ReadFromUDPAddrPort(b[:]); err != nil {
			return
		}
		switch asked := binary.BigEndian.Uint64(b[:]); {
		case n < beatSize:
		case b[beatSize-1] == question:
			u.say(answer, asked)
		default:
			u.heard.Store(int64(asked))
		}
	}
}

// until is up to when what was asked, and not answered in time, will not be: never later than now.
func (u *pulse) until(now time.Duration) time.Duration {
	return min(now, time.Duration(u.heard.Load()))
}

func (u *pulse) close() {
	u.cancel()
	_ = u.conn.Close()
}
