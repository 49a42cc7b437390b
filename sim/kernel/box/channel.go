package box

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// FrameKind says what the bytes of a frame are.
type FrameKind byte

// Kinds of frames. A channel begins with a Verb and ends with an End each way; what lies between is up to the verb.
const (
	Verb   FrameKind = 'v' // JSON: the verb and its arguments
	End    FrameKind = 'e' // JSON: an error, or nothing
	Value  FrameKind = 'j' // JSON of any type that both sides agree on
	Input  FrameKind = 'i' // bytes for a process; none: the end of its input
	Taken  FrameKind = 't' // an Input frame was taken: the next may come
	Output FrameKind = 'o' // bytes from a process, or of a capture
	Errors FrameKind = 'r' // bytes from a process's error output
	Resize FrameKind = 'w' // JSON: a terminal's size
	Signal FrameKind = 's' // a signal's number in decimal
	Exit   FrameKind = 'x' // a process's exit code in decimal
)

// maxFrame bounds what a broken peer can make us allocate; the largest honest frame is a job with a 10 MB topology in it.
const maxFrame = 64 << 20

// Frame is one message on a channel: kind (1 byte), length (4 bytes, big endian), data.
type Frame struct {
	Kind FrameKind
	Data []byte
}

// Decode reads the data of a JSON frame.
func (f Frame) Decode(v any) error {
	if err := json.Unmarshal(f.Data, v); err != nil {
		return fmt.Errorf("read %q frame: %w", f.Kind, err)
	}
	return nil
}

// Channel is one conversation in frames: one of many on a Stream, or alone on a control socket. Sending is safe for
// several goroutines, receiving is for one.
type Channel struct {
	conn io.ReadWriteCloser
	mu   sync.Mutex // one frame at a time
	buf  []byte
	done bool
}

// NewChannel speaks in frames on a connection that nobody else reads or writes.
func NewChannel(conn io.ReadWriteCloser) *Channel { return &Channel{conn: conn} }

// Send sends a frame. It blocks while the other side does not take what it was sent before.
func (c *Channel) Send(kind FrameKind, data []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buf = append(c.buf[:0], byte(kind))
	c.buf = binary.BigEndian.AppendUint32(c.buf, uint32(len(data)))
	c.buf = append(c.buf, data...)
	if _, err := c.conn.Write(c.buf); err != nil {
		return fmt.Errorf("send %q frame: %w", kind, err)
	}
	return nil
}

// Writer sends what is written to it as frames of one kind.
func (c *Channel) Writer(kind FrameKind) io.Writer { return frameWriter{c, kind} }

// frameWriter is a channel as a writer.
type frameWriter struct {
	ch   *Channel
	kind FrameKind
}

// Write sends one frame.
func (w frameWriter) Write(b []byte) (int, error) {
	if err := w.ch.Send(w.kind, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// SendJSON sends a value.
func (c *Channel) SendJSON(kind FrameKind, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("send %q frame: %w", kind, err)
	}
	return c.Send(kind, data)
}

// Receive waits for the next frame. After the other side's End it returns what that said, or io.EOF when that was nothing.
func (c *Channel) Receive() (Frame, error) {
	if c.done {
		return Frame{}, io.EOF
	}
	f, err := readFrame(c.conn)
	if err != nil || f.Kind != End {
		return f, err
	}
	c.done = true
	var told failure
	if err := f.Decode(&told); err != nil {
		return Frame{}, err
	}
	if err := told.err(); err != nil {
		return Frame{}, err
	}
	return Frame{}, io.EOF
}

func readFrame(r io.Reader) (Frame, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Frame{}, fmt.Errorf("receive frame: %w", cutShort(err))
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size > maxFrame {
		return Frame{}, fmt.Errorf("receive frame: %d bytes are too many", size)
	}
	f := Frame{Kind: FrameKind(head[0]), Data: make([]byte, size)}
	if _, err := io.ReadFull(r, f.Data); err != nil {
		return Frame{}, fmt.Errorf("receive frame: %w", cutShort(err))
	}
	return f, nil
}

// cutShort keeps an end without End apart from a proper one.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// End says that nothing more will be sent, and why if err is not nil.
func (c *Channel) End(err error) error { return c.SendJSON(End, failureOf(err)) }

// Close gives the conversation up. What the other side still sends is taken and thrown away, so that it cannot hang.
func (c *Channel) Close() error {
	err := c.conn.Close()
	go func() { _, _ = io.Copy(io.Discard, c.conn) }()
	return err
}

// Gone is a context that ends when the other side ends or gives up; it is for handlers that expect no more frames.
func (c *Channel) Gone(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		for {
			if _, err := c.Receive(); err != nil {
				cancel(err)
				return
			}
		}
	}()
	return ctx
}

// opening is the data of a Verb frame.
type opening struct {
	Verb string          `json:"verb"`
	Args json.RawMessage `json:"args,omitempty"`
}

func (c *Channel) open(verb string, args any) error {
	data, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return c.SendJSON(Verb, opening{Verb: verb, Args: data})
}

func (c *Channel) opened() (opening, error) {
	var o opening
	f, err := c.Receive()
	switch {
	case err != nil:
		return o, err
	case f.Kind != Verb:
		return o, fmt.Errorf("receive frame: %q before any verb", f.Kind)
	}
	return o, f.Decode(&o)
}
