package topology

// names finds the parts of a plant by what people call them.
type names struct {
	nodes    map[string]*Node
	families map[string][]*Node
	links    map[string]*Link
	networks map[string]*Network
	groups   map[string]*Group
	ports    map[string]*Port
}

// Index makes the plant's look-ups; whoever builds a Plant calls it last.
func (p *Plant) Index() {
	n := names{
		nodes: map[string]*Node{}, families: map[string][]*Node{}, links: map[string]*Link{},
		networks: map[string]*Network{}, groups: map[string]*Group{}, ports: map[string]*Port{},
	}
	for _, x := range p.Nodes {
		n.nodes[x.ID] = x
		n.families[x.Family] = append(n.families[x.Family], x)
		for _, port := range x.Ports {
			n.ports[port.String()] = port
		}
	}
	for _, x := range p.Links {
		n.links[x.ID] = x
	}
	for _, x := range p.Networks {
		n.networks[x.ID] = x
	}
	for _, x := range p.Groups {
		n.groups[x.ID] = x
	}
	p.names = n
}

// Node finds a node by ID; nil when there is none.
func (p *Plant) Node(id string) *Node { return p.names.nodes[id] }

// Family finds the nodes made by one count: "hv" gives hv1..hv4.
func (p *Plant) Family(id string) []*Node { return p.names.families[id] }

// Link finds a link by ID; nil when there is none.
func (p *Plant) Link(id string) *Link { return p.names.links[id] }

// Network finds a network by ID; nil when there is none.
func (p *Plant) Network(id string) *Network { return p.names.networks[id] }

// Group finds a group by ID; nil when there is none.
func (p *Plant) Group(id string) *Group { return p.names.groups[id] }

// Port finds a port by "node:port"; nil when there is none.
func (p *Plant) Port(name string) *Port { return p.names.ports[name] }

// Interface finds where the node has an address on the network; nil when it has none.
func (n *Node) Interface(on *Network) *Interface {
	for _, i := range n.Interfaces {
		if i.Network == on {
			return i
		}
	}
	return nil
}

// Interface finds where the node has an address on the network by this port: the port's own, or its bond's; nil when it has
// none there. An array may have several on one network.
func (p *Port) Interface(on *Network) *Interface {
	for _, i := range p.Node.Interfaces {
		if i.Network == on && (i.Port == p || i.Bond != nil && i.Bond == p.Bond) {
			return i
		}
	}
	return nil
}

// Primary is the interface by which others reach the node: its first on a network with a gateway, else its first. It is
// nil for a node without interfaces; a node with a Loopback is reached by that.
func (n *Node) Primary() *Interface {
	for _, i := range n.Interfaces {
		if i.Network.Gateway != nil {
			return i
		}
	}
	if len(n.Interfaces) == 0 {
		return nil
	}
	return n.Interfaces[0]
}
