package drill

import (
	"bytes"
	"context"
	"encoding/json"
)

// Door is how pages reach a room: straight to its loop (Room.Door), or through the wall of the box in which it plays.
// All methods may be called from any goroutine, and wait until the room has answered or ctx ends.
type Door interface {
	// Do has a command carried out.
	Do(ctx context.Context, c Command) error
	// Views are what those who look on may see now: a View as JSON for each.
	Views(ctx context.Context, as []string) (map[string]json.RawMessage, error)
	// After is the after-action report as far as it goes, in one of its formats (AfterPage, AfterText).
	After(ctx context.Context, format string) ([]byte, error)
}

// Door is that of a room in this process.
func (r *Room) Door() Door { return door{r} }

type door struct{ room *Room }

// Do implements Door.
func (d door) Do(ctx context.Context, c Command) error {
	return d.ask(ctx, func() error { return d.room.Do(c) })
}

// Views implements Door.
func (d door) Views(ctx context.Context, as []string) (map[string]json.RawMessage, error) {
	views := map[string]json.RawMessage{}
	return views, d.ask(ctx, func() error {
		for _, who := range as {
			v, err := d.room.View(who)
			if err != nil {
				return err
			}
			if views[who], err = json.Marshal(v); err != nil {
				return err
			}
		}
		return nil
	})
}

// After implements Door.
func (d door) After(ctx context.Context, format string) ([]byte, error) {
	var b bytes.Buffer
	if err := d.ask(ctx, func() error { return After(&b, d.room.log, format) }); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ask has something done on the loop and waits for it; when the asker has gone, nobody reads what it was about.
func (d door) ask(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go d.room.Loop().Post(func() { done <- do() })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
