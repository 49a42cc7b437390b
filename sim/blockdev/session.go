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

// Session is the client's side of one connection to one export. Requests are answered in any order. Safe for use from
// several goroutines.
type Session struct {
	export
	conn net.Conn
	r    *bufio.Reader
	ear  ear

	mu      sync.Mutex
	changed sync.Cond
	queue   []*call          // not written yet
	calls   map[uint64]*call // not answered yet, by cookie; those that are expired stay, as their answer may still come
	last    uint64           // cookie
	closed  error
	ended   chan struct{} // closed when both goroutines have ended
}

// call is a request under way.
type call struct {
	*Request
	cookie    uint64
	expired   bool // Done was called already; the answer will be dropped
	sending   bool // its data is going out
	receiving bool // its data is coming in
}

// export is what a server says of an export.
type export struct {
	size   int64
	flags  uint16
	blocks uint32 // the least that may be read or written
}

// Connect asks the server at the other end of a connection for an export, and begins the session. The connection is the
// session's from then on, and is closed if there is none. When ctx ends before the session has begun, it does not begin.
func Connect(ctx context.Context, c net.Conn, name string) (*Session, error) {
	return connect(ctx, c, name, ear{})
}

// ear is who hears what a server answers. The zero value is nobody.
type ear struct {
	now   func() time.Duration
	heard func() // is called whenever the server has answered something
	// arrived is when the latest bytes came in: all answers among them have that time, whatever is done about those before.
	arrived *time.Duration
}

// reader reads from a connection, and notes when.
func (e *ear) reader(c net.Conn) io.Reader {
	if e.now == nil {
		return c
	}
	e.arrived = new(time.Duration)
	return arrivals{c, e}
}

// at is when what was read last arrived.
func (e *ear) at() time.Duration {
	if e.arrived == nil {
		return 0
	}
	return *e.arrived
}

// arrivals is what comes in over a connection. One goroutine reads it.
type arrivals struct {
	net.Conn
	ear *ear
}

// Read implements io.Reader.
func (a arrivals) Read(b []byte) (int, error) {
	n, err := a.Conn.Read(b)
	*a.ear.arrived = a.ear.now()
	return n, err
}

func connect(ctx context.Context, c net.Conn, name string, e ear) (*Session, error) {
	stop := context.AfterFunc(ctx, func() { abandon(c) })
	a := &asking{r: bufio.NewReaderSize(e.reader(c), 64<<10), w: c}
	x, err := a.run(name)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		abandon(c)
		return nil, fmt.Errorf("open export %q: %w", name, err)
	}
	s := &Session{export: x, conn: c, r: a.r, ear: e, calls: map[uint64]*call{}, ended: make(chan struct{})}
	s.changed.L = &s.mu
	go s.run()
	return s, nil
}

// Size is how many bytes the export has.
func (e *export) Size() int64 { return e.size }

// Can says whether the server takes requests of a kind.
func (e *export) Can(o Op) bool {
	needs := map[Op]uint16{Flush: flagSendFlush, Trim: flagSendTrim, WriteZeroes: flagSendWriteZeroes}
	return e.flags&needs[o] == needs[o] && (e.flags&flagReadOnly == 0 || !o.changes())
}

// Submit sends a request, as soon as the connection takes it; it does not wait. An error says that it was not sent and
// Done will not be called.
func (s *Session) Submit(r *Request) error {
	if !r.valid() {
		return fmt.Errorf("submit request of %d bytes at %d: %w", r.length(), r.Offset, EINVAL)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		return s.closed
	}
	s.last++
	c := &call{Request: r, cookie: s.last}
	s.calls[c.cookie] = c
	s.queue = append(s.queue, c)
	s.changed.Broadcast()
	return nil
}

// Do submits a request and waits for its answer. When ctx ends the session is closed, as the request's data must not be
// touched any more.
func (s *Session) Do(ctx context.Context, r *Request) error {
	done := make(chan error, 1)
	r.Done = func(err error) { done <- err }
	if err := s.Submit(r); err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		s.fail(context.Cause(ctx))
		return <-done
	}
}

// Expire gives up the requests whose deadline is before now; they end with ErrDeadline. The server may still carry them
// out. One whose data is going out or coming in takes the session with it: it cannot be stopped otherwise.
func (s *Session) Expire(now time.Duration) {
	var late []*call
	s.mu.Lock()
	for _, c := range s.calls {
		if c.Deadline == 0 || c.Deadline >= now || c.expired {
			continue
		}
		if c.sending || c.receiving {
			defer s.fail(ErrDeadline)
			continue
		}
		c.expired = true
		late = append(late, c)
	}
	s.mu.Unlock()
	for _, c := range late {
		c.Done(ErrDeadline)
	}
}

// Disconnect says goodbye and waits until the server has answered all that was asked and has hung up, or ctx ends.
func (s *Session) Disconnect(ctx context.Context) error {
	s.mu.Lock()
	s.last++
	s.queue = append(s.queue, &call{Request: &Request{Op: disconnect}, cookie: s.last})
	s.changed.Broadcast()
	s.mu.Unlock()
	select {
	case <-s.ended:
	case <-ctx.Done():
		s.Close()
	}
	return ctx.Err()
}

// Close ends the session at once. Requests without an answer end with ErrClosed before it returns.
func (s *Session) Close() {
	s.fail(ErrClosed)
	<-s.ended
}

// fail ends the session for a reason; the first one counts.
func (s *Session) fail(why error) {
	s.mu.Lock()
	if s.closed == nil {
		s.closed = why
	}
	s.changed.Broadcast()
	s.mu.Unlock()
	abandon(s.conn)
}

// run reads and writes until the session ends, and then ends what is still under way. Nobody touches a request's data
// after that.
func (s *Session) run() {
	written := make(chan struct{})
	go func() {
		defer close(written)
		if err := s.write(); err != nil {
			s.fail(fmt.Errorf("write to block server: %w", err))
		}
	}()
	s.fail(fmt.Errorf("read from block server: %w", s.read()))
	<-written
	s.mu.Lock()
	calls, why := s.calls, s.closed
	s.calls = nil
	s.mu.Unlock()
	for _, c := range calls {
		if !c.expired {
			c.Done(why)
		}
	}
	close(s.ended)
}

// write sends what is queued, all that is there at once.
func (s *Session) write() error {
	w := bufio.NewWriterSize(s.conn, 64<<10)
	for {
		calls := s.next()
		if calls == nil {
			return nil
		}
		for _, c := range calls {
			if err := c.put(w); err != nil {
				return err
			}
			s.sent(c)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
}

// next waits for something to send; nil when the session is over. What has expired before it was sent is not sent.
func (s *Session) next() (calls []*call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.closed == nil {
		for _, c := range s.queue {
			if c.expired {
				delete(s.calls, c.cookie)
				continue
			}
			c.sending = c.Op == Write
			calls = append(calls, c)
		}
		s.queue = s.queue[:0]
		if calls != nil {
			return calls
		}
		s.changed.Wait()
	}
	return nil
}

// sent says that a request's data is not needed for sending any more.
func (s *Session) sent(c *call) {
	if c.Op != Write {
		return
	}
	s.mu.Lock()
	c.sending = false
	s.changed.Broadcast()
	s.mu.Unlock()
}

// put writes a request.
func (c *call) put(w *bufio.Writer) error {
	var b [requestSize]byte
	binary.BigEndian.PutUint32(b[:], magicRequest)
	if c.FUA {
		binary.BigEndian.PutUint16(b[4:], cmdFlagFUA)
	}
	binary.BigEndian.PutUint16(b[6:], uint16(c.Op))
	binary.BigEndian.PutUint64(b[8:], c.cookie)
	binary.BigEndian.PutUint64(b[16:], uint64(c.Offset))
	binary.BigEndian.PutUint32(b[24:], uint32(c.length()))
	if _, err := w.Write(b[:]); err != nil || c.Op != Write {
		return err
	}
	_, err := w.Write(c.Data)
	return err
}

// read takes answers until the connection ends.
func (s *Session) read() error {
	for {
		var b [replySize]byte
		if _, err := io.ReadFull(s.r, b[:]); err != nil {
			return err
		}
		if magic := binary.BigEndian.Uint32(b[:]); magic != magicReply {
			return fmt.Errorf("reply magic %#x: %w", magic, ErrProtocol)
		}
		cookie, errno := binary.BigEndian.Uint64(b[8:]), Errno(binary.BigEndian.Uint32(b[4:]))
		if err := s.answered(cookie, errno); err != nil {
			return err
		}
		if s.ear.heard != nil {
			s.ear.heard()
		}
	}
}

// answered takes in one answer.
func (s *Session) answered(cookie uint64, errno Errno) error {
	c := s.calling(cookie)
	if c == nil {
		return fmt.Errorf("reply to nothing that was asked: %w", ErrProtocol)
	}
	at := s.ear.at()
	err := s.data(c, errno)
	s.mu.Lock()
	c.receiving = false
	if err == nil {
		delete(s.calls, cookie)
	}
	s.mu.Unlock()
	if err != nil || c.expired {
		return err
	}
	c.Answered = at
	switch {
	case errno != 0:
		c.Done(errno)
	default:
		c.Done(nil)
	}
	return nil
}

// calling is the request that an answer is for. From here on it does not expire. An answer may overtake the word that
// the request was sent.
func (s *Session) calling(cookie uint64) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.calls[cookie]
	for c != nil && c.sending && s.closed == nil {
		s.changed.Wait()
	}
	if c != nil && !c.expired {
		c.receiving = true
	}
	return c
}

// data takes in what a READ has brought; what comes too late is thrown away.
func (s *Session) data(c *call, errno Errno) (err error) {
	switch {
	case c.Op != Read || errno != 0:
	case c.expired:
		_, err = io.CopyN(io.Discard, s.r, int64(len(c.Data)))
	default:
		_, err = io.ReadFull(s.r, c.Data)
	}
	return err
}

// isServerError says whether an error is the server's own answer, so that the session lives.
func isServerError(err error) bool {
	var e Errno
	return errors.As(err, &e) && e != ESHUTDOWN
}
