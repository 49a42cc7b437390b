package capture

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// Verb captures what goes over a link: its args are a request, its Output is a pcapng file, which begins at once and goes
// on until the caller gives up.
const Verb = "capture"

// request says what to capture.
type request struct {
	Link string `json:"link"`
}

// Run captures a link into w until ctx ends, which is no error. Started is called once every frame from then on will be
// captured; nil: nobody wants to know.
func Run(ctx context.Context, via box.Opener, link string, w io.Writer, started func()) error {
	ch, err := via.Open(Verb, request{link})
	if err != nil {
		return err
	}
	defer ch.Close()
	// Giving up is an End: the last words of the capture, how much was lost, come after it.
	defer context.AfterFunc(ctx, func() { _ = ch.End(nil) })()
	for {
		f, err := ch.Receive()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("capture %s: %w", link, err)
		}
		if _, err := w.Write(f.Data); err != nil {
			return fmt.Errorf("write capture of %s: %w", link, err)
		}
		if started != nil {
			started()
			started = nil
		}
	}
}
