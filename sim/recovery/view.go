package recovery

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// view is what people can see of the plant: what is served, what pings, which nodes are in service, which ports have a
// carrier, what the hypervisor lists.
type view struct {
	members map[string]*seen          // by subject
	uses    map[string]*use           // by workload
	ports   map[string]*topology.Port // by name
	stages  map[string]bool           // nodes that are not in service, and whether they are on their way
	dark    map[*topology.Port]bool   // ports without carrier
	stores  map[string]bool           // datastores that do not answer
	turned  bool                      // a workload has come or gone, and what waits for it was not told yet
	now     func() time.Duration
	fresh   time.Duration // until when there is something that nobody knows yet
	settles time.Duration // until when that is the coming or going of a workload
	// network and storage hold the conversations that are not served, by what they need; guests those of machines.
	network, storage, guests map[string]bool
	// services holds those with machines. They hang on the network and on a disk, so neither milestone waits for them: the
	// pings of their machines tell of the one, the machines of the other.
	services map[string]bool
}

// seen is a member or a watch.
type seen struct {
	member *sim.Member
	guest  *guest          // the machine itself, or the one that is watched
	group  map[string]bool // where its name stands while it is not served
	down   bool
}

// use is a workload: how many members it has, how many of them are not served, and when it came back, if ever.
type use struct {
	members, unwell int
	back            time.Duration
	ever            bool
}

// served says whether at least one member of a workload is.
func (u *use) served() bool { return u.unwell < u.members }

// known is how long it takes until people know what can be seen. Chosen: longer than either world takes to see it, so that
// what happens at nearly one instant is decided alike in both.
const known = 5 * time.Second

func newView(sc *sim.Scenario, now func() time.Duration) *view {
	v := &view{
		now: now, members: map[string]*seen{}, uses: map[string]*use{}, ports: map[string]*topology.Port{},
		stages: map[string]bool{}, dark: map[*topology.Port]bool{}, stores: map[string]bool{},
		network: map[string]bool{}, storage: map[string]bool{}, guests: map[string]bool{}, services: map[string]bool{},
	}
	for _, l := range sc.Plant.Links {
		for _, p := range l.Ends() {
			v.ports[p.String()] = p
		}
	}
	for _, u := range sc.Uses {
		v.uses[u.ID] = &use{members: len(u.Members)}
		for _, m := range u.Members {
			v.members[m.Subject()] = v.conversation(m)
		}
		for _, m := range u.Watches {
			s := &seen{member: m, group: v.network, guest: v.members[u.Members[m.Index].Subject()].guest}
			v.members[m.Subject()] = s
		}
	}
	return v
}

func (v *view) conversation(m *sim.Member) *seen {
	s := &seen{member: m, group: v.network}
	if _, ok := m.Talk.(sim.Resident); ok {
		s.guest, s.group = newGuest(m), v.guests
	} else if _, ok := m.Talk.(sim.Client); ok {
		s.group = v.services
	} else if f := m.Talk.Flow(); f.To.Kind == topology.Storage || f.From.Kind == topology.Storage {
		s.group = v.storage
	}
	return s
}

// see takes in an event. It returns the machine that it speaks of, if it is one.
func (v *view) see(e sim.Event) *guest {
	switch d := e.Data.(type) {
	case sim.DownData:
		return v.turn(e, true)
	case sim.UpData:
		return v.turn(e, false)
	case sim.GuestData:
		if s := v.members[e.Subject]; s != nil && s.guest != nil {
			s.guest.state, s.guest.cause = d.State, e.Seq
			v.fresh = v.now() + known
			s.guest.boots = s.guest.boots && (d.State == sim.GuestOff || d.State == sim.GuestBooting)
			return s.guest
		}
	case sim.PathsData:
		set(v.stores, e.Subject, d.Mode != "serving")
	case sim.CarrierData:
		set(v.dark, v.ports[e.Subject], !d.Up)
	case sim.StageData:
		delete(v.stages, e.Subject)
		if d.Stage != topology.Forwarding.String() {
			v.stages[e.Subject] = d.Stage != topology.Off.String()
		}
	}
	return nil
}

// turn is a member that is no longer served, or is again.
func (v *view) turn(e sim.Event, down bool) *guest {
	s := v.members[e.Subject]
	if s == nil || s.down == down {
		return nil
	}
	s.down = down
	set(s.group, e.Subject, down)
	if s.member.Aspect != "" {
		return nil
	}
	u := v.uses[s.member.Workload.ID]
	before := u.served()
	if down {
		u.unwell++
	} else {
		u.unwell--
	}
	if u.served() && !before {
		u.back, u.ever = v.now(), true
	}
	v.fresh = v.now() + known
	if before != u.served() {
		v.turned, v.settles = true, v.fresh
	}
	if s.guest != nil {
		s.guest.down, s.guest.cause = down, e.Seq
		s.guest.hit = s.guest.hit || down
	}
	return s.guest
}

func set[K comparable](m map[K]bool, key K, on bool) {
	if on {
		m[key] = true
	} else {
		delete(m, key)
	}
}

// there says whether a workload is served, and people know it.
func (v *view) there(workload string) bool { return v.knows(v.uses[workload]) }

// knows says so of one that was looked up before.
func (v *view) knows(u *use) bool { return u.served() && (!u.ever || v.now() >= u.back+known) }

// booting says whether a node is on its way into service: what it will do when it is there is not known yet.
func (v *view) booting() bool {
	for _, coming := range v.stages {
		if coming {
			return true
		}
	}
	return false
}

// inService says whether a node is.
func (v *view) inService(n *topology.Node) bool {
	_, not := v.stages[n.ID]
	return !not
}

// networkWell says whether the network does all that can be asked of it without storage: a machine that is off or has
// crashed answers no ping, and that is none of the network's.
func (v *view) networkWell() bool {
	for subject := range v.network {
		if s := v.members[subject]; s.guest == nil || s.guest.answers() {
			return false
		}
	}
	return len(v.stages) == 0
}

// storageWell says whether storage answers everybody.
func (v *view) storageWell() bool { return len(v.stores) == 0 && len(v.storage) == 0 }
