package drill_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/simtest/browser"
)

// playing is a seat's page in a browser of its own.
type playing struct{ *browser.Page }

// takeSeat opens the link of a seat.
func takeSeat(t *testing.T, size browser.Size, address string, seats []drill.Seat, name string) playing {
	t.Helper()
	for _, seat := range seats {
		if seat.Name == name {
			p := playing{browser.Open(t, size, seat.Link(address))}
			p.Arrives("/seat/" + name + "/")
			p.Until(`document.getElementById("phase").textContent != ""`)
			return p
		}
	}
	require.Fail(t, "no seat "+name)
	return playing{}
}

// says waits until an element has a text.
func (p playing) says(id, text string) {
	p.Until(fmt.Sprintf(`document.getElementById(%q).textContent.includes(%q)`, id, text))
}

// press presses the button with a text.
func (p playing) press(text string) {
	find := fmt.Sprintf(`[...document.querySelectorAll("button")].find(b => b.textContent == %q && !b.closest("[hidden]"))`, text)
	p.Until(find + ` !== undefined`)
	browser.Get[string](p.Page, find+`.click(), ""`)
}

// fills fills a form in and sends it.
func (p playing) fills(form string, fields map[string]string) {
	for name, value := range fields {
		p.Until(fmt.Sprintf(`document.querySelector("#%s [name=%s]").options?.length !== 0`, form, name))
		browser.Get[string](p.Page, fmt.Sprintf(`(() => {
			const f = document.querySelector("#%s [name=%s]");
			f.value = %q;
			f.dispatchEvent(new Event("change"));
			return "";
		})()`, form, name, value))
	}
	browser.Get[string](p.Page, fmt.Sprintf(`document.querySelector("#%s button").click(), ""`, form))
}

func TestAFunctionalDrillInBrowsers(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	seats := h.script.Seats(drill.Functional, drill.Staffing{})
	address := serve(t, h, drill.Functional, seats)
	f := takeSeat(t, browser.Desktop, address, seats, drill.Facilitator)
	network := takeSeat(t, browser.Desktop, address, seats, "network")
	storage := takeSeat(t, browser.Phone, address, seats, "storage")

	network.says("phase", "not begun")
	f.says("here", "Here: Network, Storage. Not here: control cell,")
	network.says("brief", "You know both cores.")
	f.press("STARTEX")
	network.says("phase", "running")
	f.press("Pause")
	network.says("phase", "paused")
	h.must("jump", "to", "3m")
	network.says("told", "No data from 24 of 26 devices")
	network.says("monitoring", "no data since 13:00")
	h.must("jump", "to", "20m")
	network.says("told", "core1 up")

	network.fills("do", map[string]string{"what": "look", "target": "stor-a", "why": "the datastores are gone"})
	network.says("work", "until 13:25")
	network.fills("write", map[string]string{"to": "support", "text": "Do you know of a reload of both?"})
	f.says("letters", "Do you know of a reload of both?")
	storage.says("open", "How do you look for it?")
	browser.Get[string](storage.Page, `document.getElementById("why").value = "evidence first"`)
	storage.press("Look at both ends of both links to the array")
	f.says("decisions", "decided: look-at-ports")
	h.must("jump", "to", "1h5m")
	network.says("work", "dead optic")
	storage.says("work", "dead optic")

	network.comesBack()
	storage.press("REAL EMERGENCY")
	network.Until(`document.querySelector(".banner").textContent.startsWith("REAL EMERGENCY")`)
	f.says("phase", "stopped")
	f.press("ENDEX")
	network.says("phase", "ENDEX")
	f.press("Open the hot wash")
	network.says("wash-decisions", "Two dead transceivers, one in each core.")
	storage.fills("say", map[string]string{"part": "hurt", "text": "no spare optic"})
	network.says("wash-remarks", "no spare optic")
	for _, p := range []playing{f, network, storage} {
		p.Fits()
		p.Accessible()
		p.Clean()
	}
}

// comesBack has the browser leave and open the seat's page anew, without its link: it finds the present.
func (p playing) comesBack() {
	p.Reload()
	p.says("work", "dead optic")
	p.says("phase", "paused")
}

// TestWhoHasSteeredGoesOnAtOnce: a facilitator who presses faster than views come is heard all the same.
func TestWhoHasSteeredGoesOnAtOnce(t *testing.T) {
	h := hold(t, "one-optic", nil)
	f := playing{browser.Open(t, browser.Desktop, desk(t, h)+"/")}
	f.says("phase", "not begun")
	refused := browser.Get[string](f.Page, `import("/page/room.js").then(async (r) => {
		for (const verb of ["startex", "pause", "jump", "jump"]) if (!await r.send(verb)) return verb;
		return "";
	})`)
	assert.Empty(t, refused)
	assert.GreaterOrEqual(t, h.facilitator().Truth.Steered, 4)
	f.Clean()
}

func TestALinkThatOpensNothingSaysSo(t *testing.T) {
	h := hold(t, "one-optic", nil)
	address := serve(t, h, drill.Functional, h.script.Seats(drill.Functional, drill.Staffing{}))
	p := playing{browser.Open(t, browser.Phone, address+"/#WRONG")}
	p.says("say", "This link opens no seat")
	assert.Equal(t, "/", browser.Get[string](p.Page, `location.pathname + location.hash`), "the token is no longer in the address")
	assert.False(t, browser.Get[bool](p.Page, `document.getElementById("phase") !== null`), "it is no room")
	p.Fits()
	p.Accessible()
}

func TestEverySeatFitsEveryScreen(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	seats := h.script.Seats(drill.Functional, drill.Staffing{})
	address := serve(t, h, drill.Functional, seats)
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "20m")
	for _, name := range []string{drill.Control, drill.Evaluator, drill.Wall, "liaison"} {
		p := takeSeat(t, browser.Phone, address, seats, name)
		p.Until(`document.getElementById("monitoring").children.length > 0`)
		p.Fits()
		p.Accessible()
		p.Resize(browser.Desktop)
		p.Fits()
		p.Accessible()
		p.Clean()
	}
}
