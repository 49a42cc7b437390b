package kernel

import (
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// hosts lists the namespaces of all nodes that have datastores.
func (s *storage) hosts() []*netns {
	var all []*netns
	for _, n := range s.world.env.Plant.Nodes {
		if len(n.Datastores) > 0 {
			all = append(all, s.world.cond.netns(n))
		}
	}
	return all
}

// see takes in what the kernel says of links: a host is told of its own carriers. Nil is: look for yourself.
func (s *storage) see(states []linkState) {
	for _, st := range s.order {
		for n, r := range st.routes {
			d := s.world.cond.deviceOf(r.From)
			if states == nil {
				if l, err := s.world.cond.netns(r.From.Node).link(d.index); err == nil {
					st.carrier(n, l.carrier)
				}
			}
			for _, l := range states {
				if l.index == d.index {
					st.carrier(n, l.carrier)
				}
			}
		}
	}
}

// carrier tells the initiator what its path's own interface has.
func (st *store) carrier(path int, up bool) {
	if st.lit[path] == up {
		return
	}
	st.lit[path] = up
	if i := st.present(); i != nil {
		i.Carrier(path, up)
	}
}

// unheard names a carrier that the datastore has not been told of yet.
func (st *store) unheard() string {
	for n, r := range st.routes {
		if st.lit[n] != st.storage.world.lit(r.From) {
			return st.String() + " has not heard of the carrier of " + r.Name
		}
	}
	return ""
}

// lit says whether an interface has a carrier, by what was set and by what its bond has made of that.
func (w *World) lit(i *topology.Interface) bool {
	if i.Bond != nil {
		return w.bonds.all[i.Bond].active != proto.None
	}
	return w.cond.lit(i.Port)
}
