package workload

import (
	"fmt"

	"github.com/dcdrill/dcdrill/topology"
)

// nodes finds all nodes that a target names.
func nodes(p *topology.Plant, t topology.Target) ([]*topology.Node, error) {
	var all []*topology.Node
	for _, name := range t {
		switch {
		case p.Node(name) != nil:
			all = append(all, p.Node(name))
		case p.Family(name) != nil:
			all = append(all, p.Family(name)...)
		case p.Group(name) != nil:
			all = append(all, p.Group(name).Nodes...)
		default:
			return nil, fmt.Errorf("no node %q", name)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no node given")
	}
	return all, nil
}
