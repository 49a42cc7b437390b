package kernel

import "github.com/dcdrill/dcdrill/topology"

// treeSettings are a bridge's part in a spanning tree.
type treeSettings struct {
	*topology.STP
	// priority has the place of the switch in the file in its lower bits, so that nothing hangs on addresses.
	priority uint16
}

// layTree gives a switch's bridge a second one, if a spanning tree watches some of its ports: Linux knows no edge ports,
// and holds every port of a bridge with a tree back for two forward delays. So hosts, and the switch's own address, are
// at the first bridge, which has none, and the ports between switches at the second.
//
//	hosts ── lan ── joint ══ joint ── lan with a tree ── other switches
func (l *layout) layTree(edge *device) {
	n, network := edge.node, edge.network
	if !spans(n, network) {
		return
	}
	names := l.of(n).names
	t := &device{
		node: n, name: names.pick2(network.ID, "stp"), index: l.nextIndex(), alias: edge.alias + " tree",
		mac: deviceID(treeID, n.Index, network.Index), mtu: network.MTU, network: network,
		tree: &treeSettings{n.STP, uint16(n.STP.Priority + l.treeOrder(n))},
	}
	l.of(n).bridges = append(l.of(n).bridges, t)
	l.trees[bridgeKey{n, network}] = t
	var joint [2]*device
	for side, bridge := range []*device{edge, t} {
		joint[side] = &device{
			node: n, name: names.pick2(network.ID, "joint"), index: l.nextIndex(), alias: bridge.alias + " joint",
			mac: deviceID(jointID+side, n.Index, network.Index), mtu: network.MTU, network: network, bridge: bridge,
		}
	}
	l.of(n).joints = append(l.of(n).joints, joint)
}

// spans says whether a spanning tree watches any port of a switch on a network.
func spans(n *topology.Node, network *topology.Network) bool {
	for _, p := range n.Ports {
		if p.Link.SpanningTree() && p.Link.Carries(network) {
			return true
		}
	}
	return false
}

// treeOrder is how many switches with a spanning tree stand before this one in the file.
func (l *layout) treeOrder(n *topology.Node) int {
	before := 0
	for _, m := range l.plant.Nodes[:n.Index] {
		if m.STP != nil {
			before++
		}
	}
	return before
}
