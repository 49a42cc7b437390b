package recovery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// trunks is what people look at when they compare what links are to carry with what switches let through.
const trunks = "trunks"

// compare has somebody hold the VLANs of all trunks against what they are to carry, once nobody finds a link without carrier
// any more and conversations fail all the same: nothing else shows that a VLAN is missing. It is done once for as long as they do.
func (f *finder) compare() {
	c := f.crew
	if f.compared || !f.tags() || !c.view.failing() || c.now() < c.view.fresh {
		return
	}
	f.busy, f.compared = true, true
	c.add(&task{
		name: "compare-vlans", on: trunks, work: c.plan.Times.Compare, skill: "network", phase: phaseDiagnose, cause: c.marks.cause,
		end: func(a sim.Act) string {
			f.busy = false
			return c.mendVLANs(a.Cause)
		},
	})
}

// tags says whether there are any VLANs in the plant.
func (f *finder) tags() bool {
	return slices.ContainsFunc(f.crew.hands.Scenario().Plant.Networks, func(n *topology.Network) bool { return n.VLAN != 0 })
}

// failing says whether some conversation fails that needs no more than network and storage.
func (v *view) failing() bool {
	for subject := range v.network {
		if s := v.members[subject]; s.guest == nil || s.guest.answers() {
			return true
		}
	}
	return !v.storageWell()
}

// mendVLANs queues what is to be done about VLANs that are missing on switches in service, and says which these are.
func (c *crew) mendVLANs(cause int) string {
	var found []string
	for _, m := range c.hands.MissingVLANs() {
		if !c.view.inService(m.Node) {
			continue
		}
		found = append(found, fmt.Sprintf("VLAN %d (%s) missing on %s", m.Network.VLAN, m.Network.ID, m.Node.ID))
		if m.Changed {
			c.mend(cause, nil, m.Ports[0], sim.LinkChanged)
			continue
		}
		c.add(&task{
			name: "add-vlan", on: m.Node.ID + " " + m.Network.ID, work: c.plan.Times.Add, skill: "network", phase: phaseNetwork, cause: cause,
			end: func(a sim.Act) string { c.hands.AddVLAN(a, m); return "" },
		})
	}
	if len(found) == 0 {
		return "nothing missing"
	}
	return strings.Join(found, ", ")
}
