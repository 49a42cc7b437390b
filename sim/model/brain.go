package model

import (
	"github.com/dcdrill/dcdrill/topology"
)

// brains says which nodes route, and which of them count as one router: the members of a virtual gateway, and what
// shares a member with them.
type brains struct {
	parent map[*topology.Node]*topology.Node
	number map[*topology.Node]int
}

func newBrains(p *topology.Plant) *brains {
	b := &brains{parent: map[*topology.Node]*topology.Node{}, number: map[*topology.Node]int{}}
	for _, n := range p.Nodes {
		if n.Kind == topology.Router || n.Kind == topology.External || n.Routed {
			b.parent[n] = n
		}
	}
	for _, n := range p.Networks {
		if n.Gateway != nil {
			b.join(n.Gateway.Members)
		}
	}
	for _, n := range p.Nodes {
		if b.parent[n] != nil && b.root(n) == n {
			b.number[n] = len(b.number)
		}
	}
	return b
}

// of is the number of a node's brain.
func (b *brains) of(n *topology.Node) (number int, routes bool) {
	if b.parent[n] == nil {
		return 0, false
	}
	return b.number[b.root(n)], true
}

func (b *brains) join(members []*topology.Node) {
	for _, m := range members {
		if b.parent[m] == nil {
			b.parent[m] = m
		}
		b.parent[b.root(m)] = b.root(members[0])
	}
}

func (b *brains) root(n *topology.Node) *topology.Node {
	for b.parent[n] != n {
		n = b.parent[n]
	}
	return n
}
