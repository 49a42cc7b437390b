package box

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/hashicorp/yamux"
)

// Stream is the one byte stream between the outside and the inside. It carries any number of channels:
//
//	outside                                    inside
//	  Open("job", scenario) ──verb──>  Handle("job", f)
//	                        <─value──  events...
//	                        <──end───  nil or an error
//	  Handle("log", g)      <──verb──  Open("log", nil)
//
// Each channel has a window of its own (yamux, 256 KiB each way), and the stream itself is always read: a side that
// does not take its frames holds up the sender on that one channel and nothing else. So nothing can deadlock as long
// as no handler waits for another channel while it owes the other side a read on its own.
type Stream struct {
	session *yamux.Session

	mu       sync.Mutex
	handlers map[string]Handler

	opened func() error // is called whenever a channel was opened from here; nil: nobody is
}

// Handler answers a verb; args are what the caller gave. The channel ends with what it returns. Its context ends with the stream.
type Handler func(ctx context.Context, ch *Channel, args json.RawMessage) error

// NewStream multiplexes a connection. One side of it is the opener (of the connection, not of channels: both may open those).
func NewStream(conn io.ReadWriteCloser, opener bool) (*Stream, error) {
	return newStream(conn, opener, yamux.DefaultConfig())
}

func newStream(conn io.ReadWriteCloser, opener bool, config *yamux.Config) (*Stream, error) {
	config.LogOutput = io.Discard
	// Both ends are on one machine: silence means a stopped process (Ctrl-Z), never a lost peer.
	config.EnableKeepAlive = false
	config.StreamOpenTimeout, config.StreamCloseTimeout = 0, 0
	config.ConnectionWriteTimeout = 365 * 24 * time.Hour
	make := yamux.Server
	if opener {
		make = yamux.Client
	}
	session, err := make(conn, config)
	if err != nil {
		return nil, fmt.Errorf("begin stream: %w", err)
	}
	return &Stream{session: session, handlers: map[string]Handler{}}, nil
}

// Handle has f answer a verb from now on. Several channels may be answered at the same time.
func (s *Stream) Handle(verb string, f Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[verb] = f
}

// Serve answers the other side's channels until the stream ends, by either side, with a process or with ctx.
func (s *Stream) Serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	for {
		conn, err := s.session.AcceptStream()
		if err != nil {
			return
		}
		go s.Answer(ctx, NewChannel(conn))
	}
}

// Answer reads a channel's verb, has its handler answer it and ends it.
func (s *Stream) Answer(ctx context.Context, ch *Channel) {
	defer ch.Close()
	o, err := ch.opened()
	if err != nil {
		return
	}
	s.mu.Lock()
	handle := s.handlers[o.Verb]
	s.mu.Unlock()
	if handle == nil {
		err = fmt.Errorf("nobody here knows %q", o.Verb)
	} else {
		err = handle(ctx, ch, o.Args)
	}
	_ = ch.End(err) // whoever asked may have gone
}

// Opener opens channels: a Stream does, and a Control.
type Opener interface {
	Open(verb string, args any) (*Channel, error)
}

// Open begins a channel with a verb.
func (s *Stream) Open(verb string, args any) (*Channel, error) {
	conn, err := s.session.OpenStream()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", verb, err)
	}
	ch := NewChannel(conn)
	err = ch.open(verb, args)
	if s.opened != nil {
		err = errors.Join(err, s.opened())
	}
	return ch, err
}

// Call begins a channel with a verb, waits for one value unless reply is nil, and for the end.
func (s *Stream) Call(verb string, args, reply any) error {
	ch, err := s.Open(verb, args)
	if err != nil {
		return err
	}
	defer ch.Close()
	return ch.reply(verb, reply)
}

// reply reads a single value and the end.
func (c *Channel) reply(verb string, into any) error {
	for {
		f, err := c.Receive()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", verb, err)
		case f.Kind == Value && into != nil:
			if err := f.Decode(into); err != nil {
				return err
			}
		}
	}
}

// Done is closed when the stream has ended, by either side or with its process.
func (s *Stream) Done() <-chan struct{} { return s.session.CloseChan() }

// Close ends the stream and every channel on it.
func (s *Stream) Close() error { return s.session.Close() }
