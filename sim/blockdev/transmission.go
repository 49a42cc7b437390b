package blockdev

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// transmission is the server's side of a session that has its export. One goroutine reads requests, another carries
// them out in the order they came, each when the disks get to it, and answers.
type transmission struct {
	server *Server
	nexus  *Nexus
	ctx    context.Context
	r      *bufio.Reader
	queue  *backlog

	mu sync.Mutex // guards w
	w  *bufio.Writer
}

// order is a request as it came. Data is what WRITE brings, or room for what READ asks.
type order struct {
	op     Op
	flags  uint16
	cookie [8]byte
	offset uint64
	length uint32
	due    time.Duration
	data   []byte
	errno  Errno // not 0: it is refused, and this is why
}

func newTransmission(ctx context.Context, s *Server, h *haggle, n *Nexus) *transmission {
	return &transmission{server: s, nexus: n, ctx: ctx, r: h.r, w: h.w, queue: newBacklog()}
}

// run goes on until the client disconnects, breaks the protocol or is gone, or ctx ends. What has come until then is
// carried out, as arrays do, though nobody may be there to hear of it; only with ctx, which is the power, it is not.
func (t *transmission) run(c net.Conn) error {
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		t.work()
	}()
	defer context.AfterFunc(t.ctx, t.queue.drop)()
	err := t.take()
	if !errors.Is(err, errLeft) {
		abandon(c)
	}
	t.queue.finish()
	<-worked
	return err
}

// take reads requests and queues them.
func (t *transmission) take() error {
	for {
		o, err := t.next()
		if err != nil {
			return err
		}
		if o.op == disconnect && o.errno == 0 {
			return errLeft
		}
		if o.op == Read && o.length == 0 {
			// Nothing is asked of the disks: it is how initiators ask whether somebody is there.
			if err := t.reply(o, true); err != nil {
				return err
			}
			continue
		}
		o.due = t.server.due(t.nexus.volume, o.weight())
		t.queue.push(o)
	}
}

// next reads one request with its data.
func (t *transmission) next() (*order, error) {
	var b [requestSize]byte
	if _, err := io.ReadFull(t.r, b[:]); err != nil {
		return nil, err
	}
	if magic := binary.BigEndian.Uint32(b[:]); magic != magicRequest {
		return nil, fmt.Errorf("read request magic %#x: %w", magic, ErrProtocol)
	}
	o := &order{
		flags: binary.BigEndian.Uint16(b[4:]), op: Op(binary.BigEndian.Uint16(b[6:])),
		offset: binary.BigEndian.Uint64(b[16:]), length: binary.BigEndian.Uint32(b[24:]),
	}
	copy(o.cookie[:], b[8:])
	o.errno = o.check(t.nexus.volume)
	if o.op == Write && o.errno != 0 {
		_, err := io.CopyN(io.Discard, t.r, int64(o.length))
		return o, err
	}
	if o.errno == 0 && (o.op == Write || o.op == Read) {
		o.data = takeBuffer(int(o.length))
	}
	if o.op == Write {
		_, err := io.ReadFull(t.r, o.data)
		return o, err
	}
	return o, nil
}

// check finds what the protocol forbids; what lies outside the volume is refused before any memory is taken for it.
func (o *order) check(v *Volume) Errno {
	allowed := uint16(cmdFlagFUA)
	if o.op == WriteZeroes {
		allowed |= cmdFlagNoHole
	}
	end := o.offset + uint64(o.length)
	outside := end < o.offset || end > uint64(v.Size())
	switch {
	case o.flags&^allowed != 0:
		return EINVAL
	case o.op == disconnect:
		return 0
	case o.op == Flush && (o.offset != 0 || o.length != 0):
		return EINVAL
	case o.op != Read && o.op != Flush && !o.op.changes():
		return EINVAL
	case o.op.changes() && v.spec.ReadOnly:
		return EPERM
	case outside && (o.op == Read || o.op == Trim):
		return EINVAL
	case outside:
		return ENOSPC
	case (o.op == Read || o.op == Write) && o.length > MaxRequest:
		return EINVAL
	}
	return 0
}

// weight is how many bytes the disks move for a request.
func (o *order) weight() int64 {
	if o.op == Read || o.op == Write {
		return int64(o.length)
	}
	return 0
}

// work carries requests out until the queue is finished or dropped. An answer that cannot be sent is a client that is
// gone, which the reader finds out.
func (t *transmission) work() {
	for {
		o, more := t.queue.pop()
		if o == nil || !t.await(o.due) {
			return
		}
		if o.errno == 0 {
			o.errno = errnoOf(t.carryOut(o))
		}
		_ = t.reply(o, !more)
		giveBuffer(o.data)
	}
}

// await waits until scenario time has come so far; false when the session ends before. Answers do not wait with it.
func (t *transmission) await(due time.Duration) bool {
	for due > 0 {
		left := due - t.server.Clock.Now()
		if left <= 0 {
			break
		}
		t.flush()
		select {
		case <-time.After(left):
		case <-t.queue.dropped:
			return false
		}
	}
	return true
}

func (t *transmission) flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.w.Flush()
}

func (t *transmission) carryOut(o *order) error {
	offset, fua := int64(o.offset), o.flags&cmdFlagFUA != 0
	switch o.op {
	case Read:
		return t.nexus.Read(o.data, offset)
	case Write:
		return t.nexus.Write(o.data, offset, fua)
	case Flush:
		return t.nexus.Flush()
	}
	return t.nexus.Zero(offset, int64(o.length), fua)
}

// reply answers; answers are sent together while more requests wait.
func (t *transmission) reply(o *order, flush bool) error {
	var b [replySize]byte
	binary.BigEndian.PutUint32(b[:], magicReply)
	binary.BigEndian.PutUint32(b[4:], uint32(o.errno))
	copy(b[8:], o.cookie[:])
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := t.w.Write(b[:])
	if err == nil && o.op == Read && o.errno == 0 {
		_, err = t.w.Write(o.data)
	}
	if err == nil && flush {
		err = t.w.Flush()
	}
	return err
}
