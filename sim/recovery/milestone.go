package recovery

import "github.com/dcdrill/dcdrill/sim"

// milestones says when each is reached. One is only reached where what it speaks of was lost.
type milestones struct {
	crew             *crew
	network, storage bool // it was lost
	cause            int  // the latest event that may have to do with it
	reached          map[string]bool
}

// see notes what is lost.
func (m *milestones) see(e sim.Event) {
	v := m.crew.view
	m.network = m.network || len(v.network) > 0 || len(v.stages) > 0
	m.storage = m.storage || !v.storageWell()
	m.cause = e.Seq
}

// look reaches those that are due.
func (m *milestones) look() {
	v := m.crew.view
	if !m.crew.detected {
		return
	}
	if m.network && !m.reached[sim.NetworkUp] && v.networkWell() {
		m.reach(sim.NetworkUp, m.cause)
	}
	if m.storage && !m.reached[sim.StorageUp] && v.storageWell() && (!m.network || m.reached[sim.NetworkUp]) {
		m.reach(sim.StorageUp, m.cause)
	}
	if !m.reached[sim.AllBooted] && len(v.guests) == 0 && m.all(func(g *guest) bool { return g.state.Works() }) {
		m.reach(sim.AllBooted, m.cause)
		m.crew.news.end(m.cause)
	}
	m.check(sim.AppsTested, func(g *guest) bool { return g.tested })
	m.check(sim.IntegrityVerified, func(g *guest) bool { return g.sound })
}

// check reaches a milestone that comes after all have booted.
func (m *milestones) check(name string, done func(*guest) bool) {
	if m.reached[sim.AllBooted] && !m.reached[name] && m.all(done) {
		m.reach(name, m.cause)
	}
}

// all says whether something is true of every machine that was hit, and whether any was.
func (m *milestones) all(true_ func(*guest) bool) bool {
	some := false
	for _, g := range m.crew.machines {
		if g.hit && !true_(g) {
			return false
		}
		some = some || g.hit
	}
	return some
}

func (m *milestones) reach(name string, cause int) {
	m.reached[name] = true
	m.crew.say(cause, name, sim.MilestoneData{})
}
