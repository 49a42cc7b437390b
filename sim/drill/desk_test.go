package drill_test

import (
	"context"
	"flag"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/simtest/browser"
)

var rewrite = flag.Bool("rewrite", false, "make the picture of the documents anew")

// desk serves the pages of a tabletop and gives their address.
func desk(t testing.TB, h *held) string {
	t.Helper()
	return serve(t, h, drill.Tabletop, h.script.Seats(drill.Tabletop, drill.Staffing{}))
}

// serve serves the pages of a drill and gives their address.
func serve(t testing.TB, h *held, f drill.Format, seats []drill.Seat) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	d := drill.NewDesk(h.room.Door(), h.script, h.sc, f, seats)
	h.changed.Store(d)
	go func() { served <- d.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-served)
	})
	return "http://" + l.Addr().String()
}

func TestAFacilitatorHoldsADrillInABrowser(t *testing.T) {
	h := hold(t, "one-optic", nil)
	address := desk(t, h)
	f := browser.Open(t, browser.Desktop, address+"/")
	w := browser.Open(t, browser.Desktop, address+"/seat/wall/")
	says := func(p *browser.Page, id, text string) {
		p.Until(`document.getElementById("` + id + `").textContent.includes("` + text + `")`)
	}
	press := func(text string) {
		f.Until(`[...document.querySelectorAll("button")].some(b => b.textContent == "` + text + `")`)
		browser.Get[string](f, `[...document.querySelectorAll("button")].find(b => b.textContent == "`+text+`").click(), ""`)
	}
	says(w, "phase", "not begun")
	press("STARTEX")
	says(w, "phase", "running")
	press("Pause")
	says(w, "phase", "paused")
	press("Jump to next") // the laser
	says(f, "at", "+2m00s")
	h.must("jump", "to", "25m")
	says(w, "told", "Our shop froze")
	says(w, "open", "The alarm has cleared")
	press("Look at the ports towards the storage")
	says(f, "decisions", "decided: look")
	h.must("jump", "to", "31m")
	says(w, "work", "dead optic")
	says(f, "at", "+31m00s") // who has not seen what others did is not heard
	press("ENDEX")
	says(w, "phase", "ENDEX")
	f.Clean()
	w.Clean()
	f.Fits()
}

// TestPicturesOfTheDocuments makes them with -rewrite, and holds that they are there and small.
func TestPicturesOfTheDocuments(t *testing.T) {
	for name, draw := range map[string]func(*testing.T, string){"drill.png": drawDesk, "functional.png": drawRole} {
		file := filepath.Join("..", "..", "docs", name)
		if *rewrite {
			draw(t, file)
		}
		picture, err := os.Stat(file)
		require.NoError(t, err)
		assert.Less(t, picture.Size(), int64(250_000))
	}
}

// drawDesk is the facilitator's page of a tabletop.
func drawDesk(t *testing.T, file string) {
	h := hold(t, "one-optic", nil)
	f := browser.Open(t, browser.Size{Width: 1280, Height: 960}, desk(t, h)+"/")
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "25m")
	h.must("decide", "decision", "next-step", "option", "look")
	h.must("jump", "to", "31m")
	f.Until(`document.getElementById("work").textContent.includes("dead optic")`)
	f.Picture(file)
}

// drawRole is a role's page in a functional drill.
func drawRole(t *testing.T, file string) {
	h := hold(t, "sconet-2023", nil)
	seats := h.script.Seats(drill.Functional, drill.Staffing{})
	p := takeSeat(t, browser.Size{Width: 1280, Height: 880}, serve(t, h, drill.Functional, seats), seats, "network")
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "20m")
	require.NoError(t, h.as("network", "write", "to", "support", "text", "Both cores reloaded at 13:00. Is there a known defect?"))
	require.NoError(t, h.as("network", "do", "what", "look", "target", "stor-a", "why", "the datastores are gone"))
	h.must("jump", "to", "26m")
	require.NoError(t, h.as(drill.Control, "answer", "from", "support", "to", "network", "text", "Not to us. Please send the logs of both."))
	require.NoError(t, h.as("network", "do", "what", "reseat", "target", "core1:Ethernet1/1"))
	require.NoError(t, h.as("liaison", "post", "text", "All servers are out of reach. We are looking. More at 14:00."))
	p.says("told", "Please send the logs")
	p.says("work", "until 13:36")
	p.says("posted", "More at 14:00")
	p.Picture(file)
}

func TestTheRoomFitsAPhone(t *testing.T) {
	address := desk(t, hold(t, "one-optic", nil))
	for _, page := range []string{"/", "/seat/wall/"} {
		p := browser.Open(t, browser.Phone, address+page)
		p.Until(`document.getElementById("phase").textContent != ""`)
		p.Fits()
		p.Accessible()
		p.Clean()
	}
}

func TestTheDeskKeepsOthersOut(t *testing.T) {
	address := desk(t, hold(t, "one-optic", nil))
	for name, c := range map[string]struct {
		method, path, body string
		header             map[string]string
		want               int
	}{
		"a page":                  {"GET", "/seat/wall/", "", nil, http.StatusOK},
		"another site's page":     {"POST", "/seat/facilitator/do", "{}", map[string]string{"Origin": "http://evil.example", "Content-Type": "application/json"}, http.StatusForbidden},
		"a name of another site":  {"GET", "/", "", map[string]string{"Host": "evil.example"}, http.StatusForbidden},
		"a form":                  {"POST", "/seat/facilitator/do", "verb=endex", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, http.StatusUnsupportedMediaType},
		"no command":              {"POST", "/seat/facilitator/do", `{"verb":"dance"}`, map[string]string{"Content-Type": "application/json"}, http.StatusUnprocessableEntity},
		"no JSON":                 {"POST", "/seat/facilitator/do", `{`, map[string]string{"Content-Type": "application/json"}, http.StatusBadRequest},
		"a key that is none":      {"POST", "/seat/facilitator/do", `{"verv":"endex"}`, map[string]string{"Content-Type": "application/json"}, http.StatusBadRequest},
		"too much":                {"POST", "/seat/facilitator/do", `{"verb":"note","args":{"text":"` + strings.Repeat("x", 1<<17) + `"}}`, map[string]string{"Content-Type": "application/json"}, http.StatusBadRequest},
		"a file that is none":     {"GET", "/../go.mod", "", nil, http.StatusNotFound},
		"a command by mere going": {"GET", "/seat/facilitator/do", "", nil, http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequest(c.method, address+c.path, strings.NewReader(c.body))
			require.NoError(t, err)
			for k, v := range c.header {
				if r.Header.Set(k, v); k == "Host" {
					r.Host = v
				}
			}
			answer, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			assert.Equal(t, c.want, answer.StatusCode)
			assert.Contains(t, answer.Header.Get("Content-Security-Policy"), "default-src 'none'")
		})
	}
}
