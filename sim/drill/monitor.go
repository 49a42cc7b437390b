package drill

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// noticed is how long it takes until monitoring shows what has happened. Chosen: longer than a path takes to be lost with
// what was at its end, so that what goes dark shows what it showed before, in either world.
const noticed = 5 * time.Second

// monitor is what the table's own monitoring knows: what it has seen, as long as it sees. Where the script names none,
// somebody watches who sees everything.
type monitor struct {
	places map[*topology.Node]*place
	at     map[string]*place // the place where a member is watched, by the member's subject
	eyes   map[string]bool   // members of the monitoring and their sights, by subject: served
	served map[string]bool   // the truth
	shown  map[string]bool   // what monitoring shows of it
	due    []glance          // in the order of their times
}

// place is a node where members are watched.
type place struct {
	sights  []line
	members []string
	dark    *time.Duration // since when nobody sees it
	never   bool           // nobody did while all was well
}

// line is one way to see a place: by this member of the monitoring, over this sight (none for its own node).
type line struct{ member, sight string }

// glance is a look at a member.
type glance struct {
	at      time.Duration
	subject string
}

// newMonitor watches from now on; the log so far says how all is.
func newMonitor(s *Script, sc *sim.Scenario, log *sim.Log) *monitor {
	m := &monitor{
		places: map[*topology.Node]*place{}, at: map[string]*place{},
		eyes: map[string]bool{}, served: map[string]bool{}, shown: map[string]bool{},
	}
	for _, u := range sc.Uses {
		for _, member := range u.Members {
			m.watch(member)
		}
	}
	for _, u := range sc.Uses {
		if u.ID == s.Monitoring {
			m.open(u)
		}
	}
	for _, e := range log.Events() {
		m.see(e)
	}
	m.due = nil
	for _, p := range m.places {
		p.never = !m.sees(p)
		for _, subject := range p.members {
			m.shown[subject] = m.served[subject] && !p.never
		}
	}
	return m
}

func (m *monitor) watch(member *sim.Member) {
	node := seenAt(member)
	p := m.places[node]
	if p == nil {
		p = &place{}
		m.places[node] = p
	}
	p.members = append(p.members, member.Subject())
	m.at[member.Subject()] = p
}

// open gives it the eyes of a workload.
func (m *monitor) open(u *sim.Use) {
	for node, p := range m.places {
		p.sights = []line{}
		for i, member := range u.Members {
			m.eyes[member.Subject()] = false
			aspect := Sight{To: node}.Aspect()
			sees := slices.IndexFunc(u.Watches, func(w *sim.Member) bool { return w.Index == i && w.Aspect == aspect })
			switch {
			case member.Talk.Flow().From == node:
				p.sights = append(p.sights, line{member: member.Subject()})
			case sees >= 0:
				sight := u.Watches[sees].Subject()
				m.eyes[sight] = false
				p.sights = append(p.sights, line{member.Subject(), sight})
			}
		}
	}
}

// sees says whether anybody sees a place now.
func (m *monitor) sees(p *place) bool {
	return p.sights == nil || slices.ContainsFunc(p.sights, func(l line) bool {
		return m.eyes[l.member] && (l.sight == "" || m.eyes[l.sight])
	})
}

// see takes in an event.
func (m *monitor) see(e sim.Event) {
	_, up := e.Data.(sim.UpData)
	if _, down := e.Data.(sim.DownData); !up && !down {
		return
	}
	m.look(e.At)
	if _, ours := m.eyes[e.Subject]; ours {
		m.eyes[e.Subject] = up
		m.blink(e.At)
	}
	if _, member := m.at[e.Subject]; member {
		m.served[e.Subject] = up
		m.due = append(m.due, glance{e.At + noticed, e.Subject})
	}
}

// blink finds out which places are seen after something about the eyes has changed.
func (m *monitor) blink(now time.Duration) {
	for _, p := range m.places {
		switch seen := m.sees(p); {
		case !seen && p.dark == nil:
			p.dark = &now
		case seen && p.dark != nil:
			p.dark = nil
			for _, subject := range p.members {
				m.due = append(m.due, glance{now + noticed, subject})
			}
		}
	}
}

// look takes the glances that are due.
func (m *monitor) look(now time.Duration) {
	for len(m.due) > 0 && m.due[0].at <= now {
		subject := m.due[0].subject
		m.due = m.due[1:]
		if m.sees(m.at[subject]) {
			m.shown[subject] = m.served[subject]
		}
	}
}

// light is how monitoring shows a workload at a moment.
func (m *monitor) light(u *sim.Use, now time.Duration) Light {
	m.look(now)
	l := Light{Workload: u.ID, Of: len(u.Members)}
	for _, member := range u.Members {
		subject := member.Subject()
		if m.shown[subject] {
			l.Served++
		}
		p := m.at[subject]
		if p.never || p.dark != nil {
			l.Unseen++
		}
		if p.never || p.dark == nil {
			continue
		}
		if since := sim.Seconds(*p.dark); l.Since == nil || since < *l.Since {
			l.Since = &since
		}
	}
	return l
}
