package drill

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/dcdrill/dcdrill/sim/live"
)

//go:embed page
var page embed.FS

// Desk serves a drill's pages on this machine: the facilitator's, and the wall screen that the table sees. A tabletop
// needs no token, for nobody but this machine can reach it; the wall's connection never carries the truth all the same.
type Desk struct {
	door  Door
	limit *rate.Limiter

	mu      sync.Mutex
	dirty   bool
	screens map[*screen]struct{}
}

// screen is a browser that looks on.
type screen struct {
	as    string      // whose view it shows
	views chan []byte // the latest view; an older one that nobody has fetched gives way to it
}

const (
	// updates is how often screens are told at most: faster than people follow, slow enough for fifty of them.
	updates = 250 * time.Millisecond
	// tick is how often the clock on the wall goes on while time does.
	tick = time.Second
	// commandsPerSecond and burst keep a page that has gone wild from flooding the log. Chosen: nobody clicks faster.
	commandsPerSecond, burst = 10, 30
	// mostBody is the largest command that is read: a typed inject and some room.
	mostBody = 64 << 10
)

// NewDesk makes the pages of the room behind a door.
func NewDesk(d Door) *Desk {
	return &Desk{door: d, limit: rate.NewLimiter(commandsPerSecond, burst), screens: map[*screen]struct{}{}}
}

// Changed has the screens told soon. Safe from any goroutine.
func (d *Desk) Changed() {
	d.mu.Lock()
	d.dirty = true
	d.mu.Unlock()
}

// Serve serves until ctx ends.
func (d *Desk) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: live.Guarded(d.routes()), ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go d.update(ctx)
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve drill: %w", err)
	}
	return nil
}

func (d *Desk) routes() http.Handler {
	mux := http.NewServeMux()
	files, _ := fs.Sub(page, "page") // embedded: it is there
	static := http.FileServerFS(files)
	mux.Handle("GET /drill.css", static)
	mux.Handle("GET /drill.js", static)
	mux.HandleFunc("GET /{$}", d.file(files, "facilitator.html"))
	mux.HandleFunc("GET /wall", d.file(files, "wall.html"))
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /events", d.events)
	mux.HandleFunc("GET /after.md", d.after)
	mux.HandleFunc("POST /do", d.do)
	return mux
}

func (d *Desk) file(files fs.FS, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) }
}

// do carries out a command.
func (d *Desk) do(w http.ResponseWriter, r *http.Request) {
	if !d.limit.Allow() {
		http.Error(w, "too many commands: wait a second", http.StatusTooManyRequests)
		return
	}
	if ct := r.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		http.Error(w, "a command is application/json", http.StatusUnsupportedMediaType)
		return
	}
	var c Command
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostBody))
	in.DisallowUnknownFields()
	if err := in.Decode(&c); err != nil {
		http.Error(w, "read command: "+err.Error(), http.StatusBadRequest)
		return
	}
	if err := d.door.Do(r.Context(), c); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// after hands out the after-action report as far as it goes.
func (d *Desk) after(w http.ResponseWriter, r *http.Request) {
	report, err := d.door.After(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	_, _ = w.Write(report)
}

// events tells a browser of every change, the present first.
func (d *Desk) events(w http.ResponseWriter, r *http.Request) {
	out, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "no stream", http.StatusNotImplemented)
		return
	}
	s := &screen{as: Wall, views: make(chan []byte, 1)}
	if r.URL.Query().Get("as") == Facilitator {
		s.as = Facilitator
	}
	d.mu.Lock()
	d.screens[s], d.dirty = struct{}{}, true
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.screens, s)
		d.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	out.Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case view := <-s.views:
			if _, err := fmt.Fprintf(w, "data: %s\n\n", view); err != nil {
				return
			}
			out.Flush()
		}
	}
}

// update tells all screens whenever something has changed, and every second while time goes on.
func (d *Desk) update(ctx context.Context) {
	ticker := time.NewTicker(updates)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		d.mu.Lock()
		due := len(d.screens) > 0 && (d.dirty || time.Since(last) >= tick)
		if due {
			d.dirty = false
		}
		d.mu.Unlock()
		if due {
			last = time.Now()
			d.broadcast(ctx)
		}
	}
}

// broadcast makes each view once, however many look on.
func (d *Desk) broadcast(ctx context.Context) {
	views, err := d.door.Views(ctx, d.watched())
	if err != nil {
		return // the room is closing: the pages say themselves that nobody answers
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for s := range d.screens {
		view, made := views[s.as]
		if !made {
			continue // it came while the views were made: the next are for it, too
		}
		select {
		case <-s.views:
		default:
		}
		s.views <- view
	}
}

// watched lists whose views are looked at.
func (d *Desk) watched() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []string
	for s := range d.screens {
		if !slices.Contains(all, s.as) {
			all = append(all, s.as)
		}
	}
	return all
}
