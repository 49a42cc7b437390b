package live

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/dcdrill/dcdrill/sim/report"
)

const (
	// mostBrowsers bounds what a page that many look at can cost.
	mostBrowsers = 200
	// patience is how long a browser may take to read an update before it is let go; it comes back by itself.
	patience = 10 * time.Second
)

// Handler serves the page. Draw has to run, too.
func (p *Page) Handler() http.Handler {
	streams := make(chan struct{}, mostBrowsers)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.servePage)
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		select {
		case streams <- struct{}{}:
			defer func() { <-streams }()
			p.serveEvents(w, r)
		default:
			http.Error(w, fmt.Sprintf("%d browsers look on already", mostBrowsers), http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("GET /page.css", asset("page.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /page.js", asset("page.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return Guarded(mux)
}

// Draw draws the page again and again until the context ends.
func (p *Page) Draw(ctx context.Context) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := p.refresh(); err != nil {
			return fmt.Errorf("draw the live page: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func asset(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		text, err := report.Asset(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(text) // a browser that has gone needs no answer
	}
}

// servePage gives the page as it is now; before the run has begun there is nothing to show, and the browser waits.
func (p *Page) servePage(w http.ResponseWriter, r *http.Request) {
	select {
	case <-p.begun:
	case <-r.Context().Done():
		return
	}
	err := p.refresh()
	var page []byte
	if err == nil {
		page, err = p.whole()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page)
}

// serveEvents gives a browser what is newer than it has, until the run is over.
func (p *Page) serveEvents(w http.ResponseWriter, r *http.Request) {
	has, err := strconv.Atoi(r.Header.Get("Last-Event-ID")) // it has been here before
	if err != nil {
		has, err = strconv.Atoi(r.URL.Query().Get("after"))
	}
	if err != nil {
		http.Error(w, "want the number of the last drawing: after=0", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		text, now, over, newer, err := p.since(has)
		if err != nil || !Send(w, now, text) || over {
			return
		}
		has = now
		select {
		case <-newer:
		case <-r.Context().Done():
			return
		}
	}
}

// Send writes one server-sent event (HTML Living Standard, section 9.2); false when the browser has gone or reads too
// slowly.
func Send(w http.ResponseWriter, id int, text []byte) bool {
	c := http.NewResponseController(w)
	if err := c.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return false
	}
	if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", id, text); err != nil {
		return false
	}
	return c.Flush() == nil
}
