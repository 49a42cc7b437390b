package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// ExecVerb runs a command in a node: a Command, then Input, Resize and Signal frames one way, and Taken, Output, Errors
// and Exit the other. Each Input waits for the Taken of the one before, so that a process which does not read its input
// never keeps the frames behind it from being read: one of them may be the signal that ends it.
const ExecVerb = "exec"

// Command is a process to be run in a node.
type Command struct {
	Node string   `json:"node"`
	Args []string `json:"args"` // none: a shell
	// Terminal gives the process a terminal of its own, of this size; nil: pipes.
	Terminal *Size `json:"terminal,omitempty"`
	// Term is the kind of terminal ($TERM).
	Term string `json:"term,omitempty"`
}

// Size is a terminal's, in characters.
type Size struct {
	Columns uint16 `json:"columns"`
	Rows    uint16 `json:"rows"`
}

// Stdio is what the caller of a command has: its terminal or pipes.
type Stdio struct {
	In       io.Reader
	Out, Err io.Writer
	// Resizes and Signals are passed on while the command runs; nil channels: none.
	Resizes <-chan Size
	Signals <-chan os.Signal
}

// Exec runs a command in a node and returns its exit code, as a shell counts it: 128 and the signal for a process that
// a signal ended. The end of ctx kills it.
func Exec(ctx context.Context, via box.Opener, c Command, std Stdio) (code int, err error) {
	ch, err := via.Open(ExecVerb, c)
	if err != nil {
		return 0, err
	}
	defer ch.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { ch.Close() })()
	taken := make(chan struct{}, 1)
	go feed(ctx, ch, std.In, taken)
	go passOn(ctx, ch, std)
	code, err = std.drain(ch, taken)
	if ctx.Err() != nil {
		return 0, fmt.Errorf("run command: %w", context.Cause(ctx))
	}
	return code, err
}

// feed sends the input, one frame at a time. Its last frame is empty, as every end of input is.
func feed(ctx context.Context, ch *box.Channel, in io.Reader, taken <-chan struct{}) {
	buf := make([]byte, 32<<10)
	for {
		n, err := 0, io.EOF
		if in != nil {
			n, err = in.Read(buf)
		}
		if n > 0 || err != nil {
			if ch.Send(box.Input, buf[:n]) != nil || n == 0 {
				return
			}
			select {
			case <-taken:
			case <-ctx.Done():
				return
			}
		}
	}
}

// passOn sends what happens to the caller.
func passOn(ctx context.Context, ch *box.Channel, std Stdio) {
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case size := <-std.Resizes:
			err = ch.SendJSON(box.Resize, size)
		case s := <-std.Signals:
			if n, ok := s.(syscall.Signal); ok {
				err = ch.Send(box.Signal, strconv.AppendInt(nil, int64(n), 10))
			}
		}
		if err != nil {
			return
		}
	}
}

// drain writes what the process writes, until its end.
func (s Stdio) drain(ch *box.Channel, taken chan<- struct{}) (code int, err error) {
	code = -1
	for {
		f, err := ch.Receive()
		switch {
		case errors.Is(err, io.EOF) && code >= 0:
			return code, nil
		case err != nil:
			return 0, fmt.Errorf("run command: %w", err)
		}
		switch f.Kind {
		case box.Output:
			_, err = s.Out.Write(f.Data)
		case box.Errors:
			_, err = s.Err.Write(f.Data)
		case box.Taken:
			taken <- struct{}{}
		case box.Exit:
			code, err = strconv.Atoi(string(f.Data))
		}
		if err != nil {
			return 0, fmt.Errorf("run command: %w", err)
		}
	}
}
