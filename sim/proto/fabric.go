package proto

import (
	"net/netip"

	"github.com/dcdrill/dcdrill/topology"
)

// Fabric is who could be whose neighbour and who could reach which prefix directly, if everything worked. Routers,
// edges and origins are spoken of by their index here.
type Fabric struct {
	Routers []Router
	Edges   []Edge
	Origins []Origin
}

// Router is a node that routes.
type Router struct {
	Node *topology.Node
	// Brain is shared by the members of a virtual gateway: for the others they are one router.
	Brain int
}

// Edge is two routers on one network.
type Edge struct {
	Ends    [2]int // routers
	Network *topology.Network
	// Via is the address by which the other end sends to this one.
	Via [2]netip.Addr
}

// Origin is a prefix that a router has of its own.
type Origin struct {
	Router int
	Prefix netip.Prefix
}

// brains is the number of brains.
func (f *Fabric) brains() int {
	n := 0
	for _, r := range f.Routers {
		n = max(n, r.Brain+1)
	}
	return n
}
