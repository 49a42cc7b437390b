package live

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
)

const (
	// pause is the least time between two drawings (chosen: nobody reads faster).
	pause = time.Second
	// idle is how many times as long as a drawing took the next one waits at least, so that drawing a large run takes
	// a twentieth of a core at most.
	idle = 20
)

// Page is the page of one run. Its zero value is no page: use New.
type Page struct {
	mu      sync.Mutex
	waiting []sim.Event // not drawn yet
	over    bool
	begun   chan struct{} // closed by the first event

	draw    sync.Mutex // held while drawing; what follows is its
	log     *sim.Log
	heard   time.Time // when the last event came
	playing bool      // in real time: the clock goes on between events
	state   drawn
	drawn   chan struct{} // closed when there is something newer
	next    time.Time     // when the next drawing may be made
}

// drawn is a drawing: every part with the number of the drawing that last changed it.
type drawn struct {
	number int
	parts  map[string]part
	over   bool
	page   []byte
	// updates are what browsers get that have an older drawing, by its number: most have the last one.
	updates map[int][]byte
}

type part struct {
	text  string
	since int
}

// update is what a browser gets.
type update struct {
	Now   float64           `json:"now"`
	Parts map[string]string `json:"parts"`
	Over  bool              `json:"over"`
}

// New makes the page of a run that is about to begin.
func New() *Page {
	return &Page{begun: make(chan struct{}), log: sim.NewLog(nil, nil), drawn: make(chan struct{}), state: drawn{parts: map[string]part{}}}
}

// Event takes an event. It never waits, so it may be called on the loop.
func (p *Page) Event(e sim.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Seq == 1 {
		close(p.begun)
	}
	p.waiting = append(p.waiting, e)
	p.heard = time.Now()
}

// Over says that no event will come any more.
func (p *Page) Over() {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
}

// refresh draws what has happened since the last drawing, unless that was a moment ago.
func (p *Page) refresh() error {
	p.draw.Lock()
	defer p.draw.Unlock()
	if time.Now().Before(p.next) && !p.ending() {
		return nil
	}
	began := time.Now()
	changed, err := p.take()
	if err != nil || !changed && !p.playing {
		return err
	}
	if changed {
		if err := p.redraw(); err != nil {
			return err
		}
	}
	p.state.updates = map[int][]byte{} // that nothing has happened since is news, too: time went on
	p.next = time.Now().Add(max(pause, idle*time.Since(began)))
	close(p.drawn)
	p.drawn = make(chan struct{})
	return nil
}

// ending says whether the run is over and no drawing shows it yet: that one is not put off.
func (p *Page) ending() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over && !p.state.over
}

// take moves what has happened to the log, and says whether there was anything.
func (p *Page) take() (changed bool, err error) {
	p.mu.Lock()
	events, over := p.waiting, p.over
	p.waiting = nil
	p.mu.Unlock()
	for _, e := range events {
		if err := p.log.Take(e); err != nil {
			return false, err
		}
		if _, steady := e.Data.(sim.SteadyData); steady {
			p.playing = p.log.Header().World != "model"
		}
	}
	changed = len(events) > 0 || over != p.state.over
	p.state.over, p.playing = over, p.playing && !over
	return changed, nil
}

// redraw renders every part, and numbers those that changed.
func (p *Page) redraw() error {
	texts, err := p.live().Parts()
	if err != nil {
		return err
	}
	p.state.number++
	for id, text := range texts {
		if old, known := p.state.parts[id]; !known || old.text != text {
			p.state.parts[id] = part{text, p.state.number}
		}
	}
	p.state.page = nil
	return nil
}

// whole is the page as it was drawn last.
func (p *Page) whole() ([]byte, error) {
	p.draw.Lock()
	defer p.draw.Unlock()
	if p.state.page == nil {
		var b bytes.Buffer
		if err := p.live().Page(&b); err != nil {
			return nil, err
		}
		p.state.page = b.Bytes()
	}
	return p.state.page, nil
}

func (p *Page) live() report.Live {
	return report.Live{Report: report.Read(p.log), Over: p.state.over, Drawing: p.state.number}
}

// since is what a browser needs that has a drawing, in JSON; newer is closed when there is more.
func (p *Page) since(number int) (text []byte, now int, over bool, newer <-chan struct{}, err error) {
	p.draw.Lock()
	defer p.draw.Unlock()
	text = p.state.updates[number]
	if text == nil {
		u := update{Now: p.clock().Seconds(), Parts: map[string]string{}, Over: p.state.over}
		for id, part := range p.state.parts {
			if part.since > number {
				u.Parts[id] = part.text
			}
		}
		if text, err = json.Marshal(u); err != nil {
			return nil, 0, false, nil, err
		}
		p.state.updates[number] = text
	}
	return text, p.state.number, p.state.over, p.drawn, nil
}

// clock is the scenario time now. Where it is real time it goes on between events.
func (p *Page) clock() time.Duration {
	events := p.log.Events()
	if len(events) == 0 {
		return 0
	}
	at := events[len(events)-1].At
	if p.playing {
		p.mu.Lock()
		at += time.Since(p.heard)
		p.mu.Unlock()
	}
	return max(0, at)
}
