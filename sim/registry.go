package sim

import (
	"fmt"
	"sort"
)

// Registry holds the kinds of one sort of thing: faults, workloads, checks,
// report formats. A kind registers itself in an init function beside its type.
type Registry[T any] struct {
	sort  string
	kinds map[string]Kind[T]
}

// Kind is a registered kind.
type Kind[T any] struct {
	Name string
	Doc  string // one line, for `dcdrill list`, the schema and the docs
	New  func() T
}

// NewRegistry makes an empty registry; sort is the word for errors: "fault".
func NewRegistry[T any](sort string) *Registry[T] {
	return &Registry[T]{sort: sort, kinds: map[string]Kind[T]{}}
}

// Register adds a kind; twice the same name, or none, is a bug in the program.
func (r *Registry[T]) Register(name, doc string, make func() T) {
	if _, twice := r.kinds[name]; twice || name == "" || doc == "" {
		panic(fmt.Sprintf("register %s %q: no name, no doc or registered twice", r.sort, name))
	}
	r.kinds[name] = Kind[T]{name, doc, make}
}

// Lookup finds a kind by name.
func (r *Registry[T]) Lookup(name string) (Kind[T], bool) {
	k, ok := r.kinds[name]
	return k, ok
}

// Kinds lists all kinds by name.
func (r *Registry[T]) Kinds() []Kind[T] {
	all := make([]Kind[T], 0, len(r.kinds))
	for _, k := range r.kinds {
		all = append(all, k)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// Names lists all names in order.
func (r *Registry[T]) Names() []string {
	var names []string
	for _, k := range r.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// The registries. A kind is one file that calls Register from init.
var (
	Faults    = NewRegistry[Fault]("fault")
	Workloads = NewRegistry[Workload]("workload")
	Checks    = NewRegistry[Check]("check")
)
