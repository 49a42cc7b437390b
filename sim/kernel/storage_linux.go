package kernel

import (
	"fmt"
	"sync"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// storage is the arrays of a plant and the datastores that hosts have on them: real servers and real sessions, over the
// plant's links.
//
//	array1                                    hv1
//	  controller a: server ── TCP, NBD ──┐
//	     volume                          ├── store: initiator ──> Disk of hv1's Place
//	  controller b: server ── TCP, NBD ──┘     └ carriers of hv1, as its kernel reports them
type storage struct {
	world   *World
	arrays  map[*topology.Node]*array
	inOrder []*array // in order of nodes

	mu     sync.Mutex // members look for their disks
	stores map[tenancy]*store
	order  []*store // as they were made
}

// tenancy is who has sessions to a datastore's volume: its host, or one of its guests.
type tenancy struct {
	of    *topology.Datastore
	guest *sim.Member // nil: the host
}

// newStorage makes the arrays, in service.
func newStorage(w *World) (*storage, error) {
	s := &storage{world: w, arrays: map[*topology.Node]*array{}, stores: map[tenancy]*store{}}
	for _, n := range w.env.Plant.Arrays() {
		a, err := newArray(n, w.places[n.Index])
		if err == nil {
			err = a.enter(topology.Forwarding)
		}
		if err != nil {
			return nil, err
		}
		s.arrays[n] = a
		s.inOrder = append(s.inOrder, a)
	}
	return s, nil
}

// house begins the sessions of the datastore that a member lives on.
func (s *storage) house(m *sim.Member, d *topology.Datastore) error {
	t := tenancyOf(m, d)
	if s.stores[t] != nil {
		return nil
	}
	st, err := newStore(s, m, t)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.stores[t] = st
	s.order = append(s.order, st)
	st.nth = len(s.order)
	s.mu.Unlock()
	st.enter(topology.Forwarding)
	return nil
}

func tenancyOf(m *sim.Member, d *topology.Datastore) tenancy {
	if d.Guest {
		return tenancy{d, m}
	}
	return tenancy{of: d}
}

// disk is a datastore as a member uses it.
func (s *storage) disk(m *sim.Member, d *topology.Datastore) (sim.Disk, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.stores[tenancyOf(m, d)]; st != nil {
		return st, nil
	}
	return nil, fmt.Errorf("open datastore %s: nobody lives on it: %w", d, sim.ErrUnsupported)
}

// enter tells how far a node has come.
func (s *storage) enter(n *topology.Node, stage topology.Stage) {
	if a := s.arrays[n]; a != nil {
		s.world.fail(a.enter(stage))
	}
	for _, st := range s.order {
		if st.conf.Host == n {
			st.enter(stage)
		}
	}
}

// give makes levels true that give something back, before links do: who connects at once finds somebody.
func (s *storage) give(levels []sim.Level) {
	for _, l := range levels {
		if c, ok := l.(sim.Controller); ok && c.On {
			s.world.fail(s.arrays[c.Array].setController(c))
		}
	}
}

// take makes the other levels true, once links are as they shall be: nobody hears a last word.
func (s *storage) take(levels []sim.Level) {
	for _, l := range levels {
		switch l := l.(type) {
		case sim.Controller:
			if !l.On {
				s.world.fail(s.arrays[l.Array].setController(l))
			}
		case sim.Volume:
			v := s.arrays[l.Volume.Array].volumes[l.Volume]
			v.gone = l.Gone
			v.SetGone(l.Gone)
		case sim.Disks:
			s.arrays[l.Array].setLatency(l.Latency)
		}
	}
}

// unsettled names something that a jump of the clock would falsify; empty when there is nothing.
func (s *storage) unsettled() string {
	first := ""
	say := func(why string) {
		if first == "" {
			first = why
		}
	}
	for _, a := range s.inOrder {
		say(a.unsettled())
	}
	for _, st := range s.order {
		say(st.unsettled())
	}
	return first
}

// hear writes down what has become of the datastores' paths.
func (s *storage) hear() {
	for _, st := range s.order {
		st.hear()
	}
}

// close ends all sessions.
func (s *storage) close() {
	if s == nil {
		return
	}
	for _, st := range s.order {
		st.enter(topology.Off)
	}
	for _, a := range s.inOrder {
		a.stop()
	}
}

// Disk implements sim.Place, for whoever lives on a datastore of the host itself.
func (p *place) Disk(d *topology.Datastore) (sim.Disk, error) { return p.storage.disk(nil, d) }

// Disk implements sim.Place.
func (m memberPlace) Disk(d *topology.Datastore) (sim.Disk, error) {
	return m.storage.disk(m.member, d)
}
