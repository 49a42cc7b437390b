package drill_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
)

// BenchmarkAction measures from the press of a button until the plant knows, with fifty browsers looking on: for a player
// until work begins, since people take their time for it; for a facilitator who has it take none, until the port is dark.
// Either must stay under 100 ms.
func BenchmarkAction(b *testing.B) {
	h := hold(b, "night-shift", nil)
	seats := h.script.Seats(drill.Functional, drill.Staffing{})
	address := serve(b, h, drill.Functional, seats)
	h.must("startex")
	wires := map[string]*wire{}
	for i := range 50 {
		seat := seats[i%len(seats)]
		wires[seat.Name] = sit(b, address, seat)
		wires[seat.Name].watch()
	}
	events := make(chan sim.Event, 1<<16)
	h.on(func() { h.room.Listen(func(e sim.Event) { events <- e }) })
	pressed := time.Now()
	press := func(seat, verb string, args map[string]string) {
		pressed = pressed.Add(time.Second)
		h.changed.Load().At(pressed) // nobody presses too fast
		require.Equal(b, http.StatusNoContent, wires[seat].do(verb, args))
	}
	until := func(so func(sim.Event) bool) {
		for !so(<-events) {
		}
	}
	b.Run("begins", func(b *testing.B) {
		for b.Loop() {
			press("evening", "do", map[string]string{"what": "look", "target": "stor-a"})
			until(func(e sim.Event) bool { d, ok := e.Data.(sim.WorkData); return ok && !d.Left })
			b.StopTimer()
			work := h.role("evening").Work
			h.must("stop", "work", strconv.Itoa(work[len(work)-1].Number))
			b.StartTimer()
		}
	})
	b.Run("port", func(b *testing.B) {
		shut := false
		for b.Loop() {
			shut = !shut
			what := map[bool]string{true: "shut", false: "open"}[shut]
			press(drill.Facilitator, "do", map[string]string{"what": what, "target": "hv1:vmnic0", "takes": "0s"})
			until(func(e sim.Event) bool { d, ok := e.Data.(sim.CarrierData); return ok && d.Up != shut })
		}
	})
}
