package drill_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
)

// In a drill parts are as scarce as in the scenario, and the tool by which machines are restarted is a victim itself.
func TestPartsAndToolsAreScarceInADrill(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "1h")
	last := func() time.Duration {
		work := h.facilitator().Work
		return time.Duration(*work[len(work)-1].Until) - time.Hour
	}
	h.must("do", "what", "replace", "target", "core1:Ethernet1/1")
	assert.Equal(t, 4*time.Hour+20*time.Minute, last(), "no spare: four hours for the part, and its fitting")
	h.must("do", "what", "replace", "target", "core2:Ethernet1/1", "takes", "20m")
	assert.Equal(t, 20*time.Minute, last(), "who says how long it takes has reckoned with that")
	h.must("do", "what", "power-cycle", "target", "directory/1")
	assert.Equal(t, 8*time.Minute, last(), "vCenter is down: by hand at the host")
	h.must("jump", "to", "6h")
	h.must("do", "what", "power-cycle", "target", "vcenter")
	h.must("jump", "to", "7h")
	h.must("do", "what", "power-cycle", "target", "directory/1")
	work := h.facilitator().Work
	assert.Equal(t, sim.Seconds(7*time.Hour+3*time.Minute), *work[len(work)-1].Until, "vCenter is back")
}

// Work on many machines is done one by one, each when its turn comes, and ends with those that are done when it is stopped.
func TestWorkOnManyIsDoneOneByOne(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "1h")
	h.must("do", "what", "power-cycle", "target", "hosted", "takes", "100m")
	work := func() drill.Work {
		all := h.facilitator().Work
		return all[len(all)-1]
	}
	machines := work().Of
	assert.Greater(t, machines, 100)
	h.must("jump", "to", "1h50m")
	assert.InDelta(t, machines/2, work().Finished, 1)
	h.must("stop", "work", strconv.Itoa(work().Number))
	h.must("jump", "to", "3h")
	done := work()
	assert.InDelta(t, machines/2, done.Finished, 1)
	switched := map[string]bool{}
	h.stop()
	for _, e := range h.log.Events() {
		if d, ok := e.Data.(sim.GuestData); ok && d.State == sim.GuestBooting && e.At > time.Hour {
			switched[e.Subject] = true
		}
	}
	assert.Len(t, switched, done.Finished)
	assert.Contains(t, done.Found, strconv.Itoa(done.Finished)+" machines: ")
}
