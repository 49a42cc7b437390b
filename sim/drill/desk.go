package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/live"
	"github.com/dcdrill/dcdrill/sim/report"
)

// Desk serves a drill's pages, each seat its own:
//
//	/                        who brings a token is let in to their seat
//	/seat/network/           the page of a seat
//	/seat/network/setup      what the page needs once
//	/seat/network/events     what the seat may see, again and again
//	/seat/network/do         what is done there
//
// A seat without a token is open to everybody who can reach the pages: a tabletop's, which this machine alone can. No
// connection but those of facilitators, the control cell and evaluators ever carries the truth.
type Desk struct {
	door  Door
	seats map[string]*chair
	order []*chair
	// strangers is what all those may try together who sit nowhere.
	strangers *budget

	mu      sync.Mutex
	dirty   bool
	screens map[*screen]struct{}
}

// chair is a seat, and what it may still send.
type chair struct {
	Seat
	setup  []byte
	view   string // the name of its view
	budget *budget
}

// screen is a browser that looks on.
type screen struct {
	seat  *chair      // whose view it shows
	views chan []byte // the latest view; an older one that nobody has fetched gives way to it
}

const (
	// updates is how often screens are told at most: faster than people follow, slow enough for fifty of them.
	updates = 250 * time.Millisecond
	// tick is how often the clock on the wall goes on while time does.
	tick = time.Second
	// mostScreens bounds what a drill that many look at can cost, and mostOf what one seat can take of it.
	mostScreens, mostOf = 200, 50
	// mostBody is the largest command that is read: a typed inject and some room.
	mostBody = 64 << 10
)

// NewDesk makes the pages of the room behind a door, for the seats of its drill.
func NewDesk(d Door, s *Script, sc *sim.Scenario, f Format, seats []Seat) *Desk {
	desk := &Desk{door: d, seats: map[string]*chair{}, strangers: newBudget(), screens: map[*screen]struct{}{}}
	for _, seat := range seats {
		set, err := json.Marshal(s.Setup(sc, f, seat))
		if err != nil {
			panic(err) // a Setup holds nothing that JSON has no words for
		}
		c := &chair{Seat: seat, setup: set, view: seat.Name, budget: newBudget()}
		if f == Tabletop && seat.Name == Wall {
			c.view = Table
		}
		desk.seats[seat.Name], desk.order = c, append(desk.order, c)
	}
	return desk
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
		Handler: live.Guarded(d.routes()), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    log.New(io.Discard, "", 0), // a browser that breaks off is nobody's business
	}
	go d.update(ctx)
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve drill: %w", err)
	}
	return nil
}

// atSeat is all that a seat answers to, by method and path.
func (d *Desk) atSeat() map[string]seatHandler {
	return map[string]seatHandler{
		"GET {$}": func(c *chair, w http.ResponseWriter, r *http.Request) { serve(kindOf(c.Name))(w, r) },
		"GET setup": func(c *chair, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(c.setup) // a browser that has gone needs no answer
		},
		"GET events":     d.events,
		"GET here":       d.here,
		"POST do":        d.do,
		"GET after.md":   d.after(AfterText, "text/markdown; charset=utf-8"),
		"GET after.html": allowed(d.after(AfterPage, "text/html; charset=utf-8")),
	}
}

// routes are all that the desk answers to.
func (d *Desk) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.enter)
	mux.HandleFunc("POST /join", d.join)
	mux.Handle("GET /page/", assets())
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for what, next := range d.atSeat() {
		method, path, _ := strings.Cut(what, " ")
		mux.HandleFunc(method+" /seat/{seat}/"+path, d.seated(next))
	}
	return mux
}

// do carries out a command.
func (d *Desk) do(c *chair, w http.ResponseWriter, r *http.Request) {
	allowed, refused := c.budget.spend()
	if refused > 0 {
		d.remember(r.Context(), c.Name, refused)
	}
	if !allowed {
		http.Error(w, "too many commands: wait a second", http.StatusTooManyRequests)
		return
	}
	if ct := r.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		http.Error(w, "a command is application/json", http.StatusUnsupportedMediaType)
		return
	}
	var command Command
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostBody))
	in.DisallowUnknownFields()
	if err := in.Decode(&command); err != nil {
		http.Error(w, "read command: "+err.Error(), http.StatusBadRequest)
		return
	}
	command.As = c.Name
	if err := d.door.Do(r.Context(), command); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// seatHandler answers a request of a seat.
type seatHandler = func(*chair, http.ResponseWriter, *http.Request)

// after hands out the after-action report as far as it goes, to those who write it.
func (d *Desk) after(format, contentType string) seatHandler {
	return func(c *chair, w http.ResponseWriter, r *http.Request) {
		if kindOf(c.Name) != Facilitator {
			http.Error(w, "the facilitator hands it out", http.StatusForbidden)
			return
		}
		text, err := d.door.After(r.Context(), format)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(text) // a browser that has gone needs none
	}
}

// allowed lets the after-action page have its style and script inside, and nothing else.
func allowed(page seatHandler) seatHandler {
	return func(c *chair, w http.ResponseWriter, r *http.Request) {
		policy, err := report.Policy(&report.Foreword{Banner: Banner})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Security-Policy", policy+"; frame-ancestors 'none'")
		page(c, w, r)
	}
}
