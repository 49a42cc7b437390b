package model

import "github.com/dcdrill/dcdrill/topology"

// Whole says whether the way of one of a datastore's paths is whole at present, there and back. The paths are in order of
// the datastore's Routes.
func (w *World) Whole(d *topology.Datastore, path int) bool {
	s := w.stores[d]
	return s != nil && s.paths[path].way.usable
}

// Changed is what changed the ways of a datastore's paths last; 0 while nothing has.
func (w *World) Changed(d *topology.Datastore) int {
	cause := 0
	if s := w.stores[d]; s != nil {
		for _, p := range s.paths {
			cause = max(cause, p.way.cause)
		}
	}
	return cause
}
