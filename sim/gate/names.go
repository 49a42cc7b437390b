package gate

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

func ids(nodes []*topology.Node) []string {
	var all []string
	for _, n := range nodes {
		all = append(all, n.ID)
	}
	return all
}

// holdsAll says whether a list has all of some.
func holdsAll[T comparable](list, some []T) bool {
	return !slices.ContainsFunc(some, func(x T) bool { return !slices.Contains(list, x) })
}
