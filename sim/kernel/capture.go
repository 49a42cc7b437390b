package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// CaptureVerb captures what goes over a link: its args are a Capture, its Output is a pcapng file, which begins at once
// and goes on until the caller gives up.
const CaptureVerb = "capture"

// Capture says what to capture.
type Capture struct {
	Link string `json:"link"`
}

// Run captures into w until ctx ends, which is no error. Started is called once every frame from then on will be
// captured; nil: nobody wants to know.
func (c Capture) Run(ctx context.Context, via box.Opener, w io.Writer, started func()) error {
	ch, err := via.Open(CaptureVerb, c)
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
			return fmt.Errorf("capture %s: %w", c.Link, err)
		}
		if _, err := w.Write(f.Data); err != nil {
			return fmt.Errorf("write capture of %s: %w", c.Link, err)
		}
		if started != nil {
			started()
			started = nil
		}
	}
}
