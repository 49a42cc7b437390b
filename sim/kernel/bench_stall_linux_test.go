package kernel

import (
	"slices"
	"testing"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// figuresOfStalls has the array of 300 virtual machines answer nobody for three seconds, as in a takeover, again and
// again, and compares when each measured that it was answered with when the array could answer.
func figuresOfStalls(t *testing.T) []figure {
	d := newHall(t, machinesAlone(t, 300))
	defer d.close()
	d.world.clock.Zero()
	var errs []time.Duration
	for range 5 {
		d.wait(2 * time.Second)
		errs = append(errs, d.stall(3*time.Second)...)
	}
	slices.Sort(errs)
	return []figure{{
		"error of a 3 s stall, 300 virtual machines", "95 %: " + ms(errs[len(errs)*95/100]), "median " + ms(median(errs)), "",
		"95 % within 5 ms",
	}}
}

// stall has every volume be taken over for some time, and says by how much each machine that stalled was wrong about its
// end.
func (d *drill) stall(length time.Duration) (errs []time.Duration) {
	seen := len(d.log.Events())
	var end time.Duration
	for _, a := range d.world.storage.inOrder {
		for _, v := range a.volumes {
			end = v.takeOver(a.place.Now(), length)
		}
	}
	d.wait(length + time.Second)
	for _, e := range d.log.Events()[seen:] {
		if up, ok := e.Data.(sim.UpData); ok {
			errs = append(errs, (time.Duration(up.To) - end).Abs())
		}
	}
	return errs
}

// takeOver begins a takeover by a controller of a volume, and says when it is over.
func (v *volume) takeOver(now, length time.Duration) (end time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.owners = proto.NewArray(proto.ArrayConf{Access: topology.ALUA, Controllers: 2, Takeover: length})
	v.owners.Controller(now, 0, false)
	v.owners.Controller(now, 0, true)
	return now + length
}
