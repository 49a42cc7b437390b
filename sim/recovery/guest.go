package recovery

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// guest is a virtual machine as people know it.
type guest struct {
	member *sim.Member
	name   string
	place  int // among all machines, as the file names them
	store  *topology.Datastore
	needs  []way
	mute   bool // once failed
	state  sim.GuestState
	cause  int  // the latest event about it
	down   bool // not served
	hit    bool // it was not, at some time
	inHand bool // somebody is at it, or will be
	boots  bool // it was switched on, and nobody has seen yet what came of it
	tested bool
	sound  bool // verified
}

func newGuest(m *sim.Member) *guest {
	r := m.Talk.(sim.Resident)
	return &guest{member: m, name: m.Subject(), store: r.Datastore(), mute: r.Mute(), state: sim.GuestRunning}
}

// answers says whether it can be expected to answer a ping: who knows what it runs knows how it fails.
func (g *guest) answers() bool {
	return g.state.Works() || g.state == sim.GuestStalled || g.state == sim.GuestFailed && !g.mute
}

// helpless says whether it does not come back by itself.
func (g *guest) helpless() bool { return g.state == sim.GuestFailed || g.state == sim.GuestOff }

// Words of restart_order that are no workloads.
const (
	byTier   = "tier"
	asListed = "listed"
)

// turn is a machine's place in the order of restarts.
func (c *crew) turn(g *guest) int {
	switch order := c.plan.RestartOrder; {
	case len(order) == 0 || order[0].Text == byTier:
		return g.member.Workload.Tier
	case order[0].Text == asListed:
		return 0
	default:
		i := slices.IndexFunc(order, func(w yamlfile.Word) bool { return w.Text == g.member.Workload.ID })
		if i < 0 {
			return len(order) // what is not named comes last
		}
		return i
	}
}
