package recovery

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// view is what people can see of the plant: what is served, what pings, which nodes are in service, which ports have a
// carrier, what the hypervisor lists.
type view struct {
	members map[string]*seen // by subject
	unwell  map[string]int   // by workload: members that are not served
	count   map[string]int   // by workload: members
	stages  map[string]bool  // nodes that are not in service, and whether they are on their way
	dark    map[string]bool  // ports without carrier
	stores  map[string]bool  // datastores that do not answer
	turned  bool             // a workload has come or gone since somebody looked
	now     func() time.Duration
	since   map[string]time.Duration // by workload: when it came back
	fresh   time.Duration            // until when there is something that nobody knows yet
	// network and storage hold the conversations that are not served, by what they need; guests those of machines.
	network, storage, guests map[string]bool
}

// seen is a member or a watch.
type seen struct {
	member *sim.Member
	guest  *guest          // the machine itself, or the one that is watched
	group  map[string]bool // where its name stands while it is not served
	down   bool
}

// known is how long it takes until people know what can be seen. Chosen: longer than either world takes to see it, so that
// what happens at nearly one instant is decided alike in both.
const known = 5 * time.Second

func newView(sc *sim.Scenario, now func() time.Duration) *view {
	v := &view{
		now: now, since: map[string]time.Duration{},
		members: map[string]*seen{}, unwell: map[string]int{}, count: map[string]int{}, stages: map[string]bool{},
		dark: map[string]bool{}, stores: map[string]bool{},
		network: map[string]bool{}, storage: map[string]bool{}, guests: map[string]bool{},
	}
	for _, u := range sc.Uses {
		v.count[u.ID] = len(u.Members)
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
		set(v.dark, e.Subject, !d.Up)
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
	workload := s.member.Workload.ID
	before := v.served(workload)
	if down {
		v.unwell[workload]++
	} else {
		v.unwell[workload]--
	}
	if v.served(workload) && !before {
		v.since[workload] = v.now()
	}
	v.turned = v.turned || before != v.served(workload)
	v.fresh = v.now() + known
	if s.guest != nil {
		s.guest.down, s.guest.cause = down, e.Seq
		s.guest.hit = s.guest.hit || down
	}
	return s.guest
}

func set(m map[string]bool, key string, on bool) {
	if on {
		m[key] = true
	} else {
		delete(m, key)
	}
}

// served says whether at least one member of a workload is.
func (v *view) served(workload string) bool { return v.unwell[workload] < v.count[workload] }

// there says whether a workload is served, and people know it.
func (v *view) there(workload string) bool {
	back, ever := v.since[workload]
	return v.served(workload) && (!ever || v.now() >= back+known)
}

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
