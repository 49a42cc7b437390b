package drill

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim/live"
)

// events tells a browser of every change, the present first.
func (d *Desk) events(c *chair, w http.ResponseWriter, r *http.Request) {
	s := d.look(c)
	if s == nil {
		http.Error(w, "too many browsers look on already", http.StatusServiceUnavailable)
		return
	}
	defer d.lookAway(s)
	w.Header().Set("Content-Type", "text/event-stream")
	for n := 1; ; n++ {
		select {
		case <-r.Context().Done():
			return
		case view := <-s.views:
			if !live.Send(w, n, view) {
				return
			}
		}
	}
}

// look lets a browser look on; nil when there are too many.
func (d *Desk) look(c *chair) *screen {
	d.mu.Lock()
	defer d.mu.Unlock()
	same := 0
	for s := range d.screens {
		if s.seat == c {
			same++
		}
	}
	if len(d.screens) >= mostScreens || same >= mostOf {
		return nil
	}
	s := &screen{seat: c, views: make(chan []byte, 1)}
	d.screens[s], d.dirty = struct{}{}, true
	return s
}

func (d *Desk) lookAway(s *screen) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.screens, s)
}

// Presence is whether somebody sits at a seat: has its page open, in front of them.
type Presence struct {
	Title string `json:"title"`
	Here  bool   `json:"here"`
}

// here tells facilitators who has come.
func (d *Desk) here(c *chair, w http.ResponseWriter, _ *http.Request) {
	if kindOf(c.Name) != Facilitator {
		http.Error(w, "look around you", http.StatusForbidden)
		return
	}
	d.mu.Lock()
	taken := map[*chair]bool{}
	for s := range d.screens {
		taken[s.seat] = true
	}
	d.mu.Unlock()
	all := []Presence{}
	for _, other := range d.order {
		if kindOf(other.Name) != Facilitator {
			all = append(all, Presence{other.Title, taken[other]})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(all) // a browser that has gone needs no answer
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
		view, made := views[s.seat.view]
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
		if !slices.Contains(all, s.seat.view) {
			all = append(all, s.seat.view)
		}
	}
	return all
}
