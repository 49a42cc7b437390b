package fault

import (
	"fmt"

	"github.com/dcdrill/dcdrill/topology"
)

// nodes finds all nodes that a target names.
func nodes(p *topology.Plant, t topology.Target) ([]*topology.Node, error) {
	return resolve(t, "node", func(name string) []*topology.Node {
		if n := p.Node(name); n != nil {
			return []*topology.Node{n}
		}
		if family := p.Family(name); family != nil {
			return family
		}
		if g := p.Group(name); g != nil {
			return g.Nodes
		}
		return nil
	})
}

// links finds all links that a target names.
func links(p *topology.Plant, t topology.Target) ([]*topology.Link, error) {
	return resolve(t, "link", func(name string) []*topology.Link {
		if l := p.Link(name); l != nil {
			return []*topology.Link{l}
		}
		if port := p.Port(name); port != nil {
			return []*topology.Link{port.Link}
		}
		if g := p.Group(name); g != nil && len(g.Links) > 0 {
			return g.Links
		}
		var all []*topology.Link
		found, _ := nodes(p, topology.Target{name})
		for _, n := range found {
			for _, port := range n.Ports {
				all = append(all, port.Link)
			}
		}
		return all
	})
}

// ports finds all ends that a target names; a link stands for its first.
func ports(p *topology.Plant, t topology.Target) ([]*topology.Port, error) {
	return resolve(t, "port or link", func(name string) []*topology.Port {
		if port := p.Port(name); port != nil {
			return []*topology.Port{port}
		}
		if l := p.Link(name); l != nil {
			return []*topology.Port{l.A}
		}
		var all []*topology.Port
		if g := p.Group(name); g != nil {
			for _, l := range g.Links {
				all = append(all, l.A)
			}
		}
		return all
	})
}

func resolve[T comparable](t topology.Target, what string, find func(string) []T) ([]T, error) {
	var all []T
	seen := map[T]bool{}
	for _, name := range t {
		found := find(name)
		if len(found) == 0 {
			return nil, &topology.Unknown{Word: name, Msg: fmt.Sprintf("no %s %q", what, name)}
		}
		for _, x := range found {
			if !seen[x] {
				seen[x] = true
				all = append(all, x)
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no target given")
	}
	return all, nil
}
