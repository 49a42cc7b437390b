package blockdev

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Server is a controller of an array: it serves volumes to anybody who speaks NBD. Other controllers of the same array
// are Servers with the same volumes and the same Throttle.
type Server struct {
	Clock   Clock
	Volumes []*Volume
	// Throttle is the speed of the disks; nil sets no limit.
	Throttle *Throttle
	// Detour is the latency that this controller adds on the way to a volume, such as one that is owned by another
	// controller (asymmetric access, ALUA). Nil adds none.
	Detour func(*Volume) time.Duration
	// Refuse keeps new sessions from a volume, as a controller on standby does. Nil refuses none.
	Refuse func(*Volume) bool
}

// patience is how long a client may take from its connection to its first request, so that silent ones do not pile up.
// Chosen: twice the login timeout of open-iscsi (15 s).
const patience = 30 * time.Second

// Serve serves every connection that comes until ctx ends or the listener fails. When it returns, no session goes on.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	var sessions sync.WaitGroup
	defer sessions.Wait()
	defer stop()
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			if err == nil {
				abandon(c) // it came at the last moment
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept block client: %w", err)
		}
		sessions.Go(func() { _ = s.ServeConn(ctx, c) })
	}
}

// ServeConn serves one connection and closes it. It returns nil when the client left in good order or ctx ended, an
// ErrProtocol when the client broke the protocol, and what the connection said otherwise.
func (s *Server) ServeConn(ctx context.Context, c net.Conn) error {
	defer c.Close()
	abandoned := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(abandoned)
		abandon(c)
	})
	defer func() {
		if !stop() {
			<-abandoned // or the connection would still be there for a moment
		}
	}()
	_ = c.SetDeadline(time.Now().Add(patience))
	h := &haggle{server: s, r: bufio.NewReaderSize(c, 64<<10), w: bufio.NewWriterSize(c, 64<<10)}
	n, err := h.run()
	if err == nil && n != nil {
		_ = c.SetDeadline(time.Time{})
		err = newTransmission(ctx, s, h, n).run(c)
	}
	if ctx.Err() != nil || errors.Is(err, errLeft) {
		return nil
	}
	return err
}

// errLeft: the client has gone in good order.
var errLeft = errors.New("client left")

// abandon closes a connection as a dead machine does: what was not sent yet never will be.
func abandon(c net.Conn) {
	if t, ok := c.(interface{ SetLinger(int) error }); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

// volume finds what a client asks for by name; without a name it is the only one there is.
func (s *Server) volume(name string) *Volume {
	if name == "" && len(s.Volumes) == 1 {
		return s.Volumes[0]
	}
	for _, v := range s.Volumes {
		if v.Name() == name {
			return v
		}
	}
	return nil
}

// due is when a request will have been served.
func (s *Server) due(v *Volume, length int64) time.Duration {
	var due time.Duration
	if s.Throttle != nil {
		due = s.Throttle.admit(s.Clock.Now(), length)
	}
	if s.Detour == nil {
		return due
	}
	if detour := s.Detour(v); detour > 0 {
		due = max(due, s.Clock.Now()) + detour
	}
	return due
}

// flagsOf are the transmission flags of a volume.
func flagsOf(v *Volume) uint16 {
	flags := uint16(flagHasFlags | flagSendFlush | flagSendFUA | flagSendTrim | flagSendWriteZeroes | flagCanMultiConn)
	if v.spec.ReadOnly {
		flags |= flagReadOnly
	}
	return flags
}
