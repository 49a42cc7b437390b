package model

import "github.com/dcdrill/dcdrill/topology"

// Whole says whether the way of one of a datastore's paths is whole at present, there and back. The paths are in order of
// the datastore's Routes.
func (w *World) Whole(d *topology.Datastore, path int) bool {
	s := w.stores[d]
	return s != nil && s.paths[path].way.usable
}
