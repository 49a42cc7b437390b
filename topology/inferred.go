package topology

// meshLimit is the most pairs that a plant without workloads gets one for each of: the full mesh of eleven hosts.
// Beyond it every host talks to the next one only, so that a large plant does not drown in its own probes.
const meshLimit = 64

// InferredPairs are the conversations that a plant without workloads is judged by: every pair of hosts and every host
// with every external node, as far as they can reach one another at all; on large plants every host with the next, and
// with one external node.
func (p *Plant) InferredPairs() [][2]*Node {
	var hosts, externals []*Node
	for _, n := range p.Nodes {
		switch n.Kind {
		case Host:
			hosts = append(hosts, n)
		case External:
			externals = append(externals, n)
		}
	}
	r := p.reach()
	var pairs [][2]*Node
	add := func(a, z *Node) bool {
		ok := a != z && r.talk(a, z) && r.talk(z, a)
		if ok {
			pairs = append(pairs, [2]*Node{a, z})
		}
		return ok
	}
	mesh(hosts, add)
	star(hosts, externals, add)
	return pairs
}

// mesh pairs each host with each other, or in large plants with the next that it can reach.
func mesh(hosts []*Node, add func(a, z *Node) bool) {
	large := len(hosts)*(len(hosts)-1)/2 > meshLimit
	for i, a := range hosts {
		others := len(hosts) - 1 - i
		if large {
			others = len(hosts) - 1
		}
		for j := range others {
			if add(a, hosts[(i+1+j)%len(hosts)]) && large {
				break
			}
		}
	}
}

// star pairs each host with each external node, or in large plants with the first that it can reach, in turn.
func star(hosts, externals []*Node, add func(a, z *Node) bool) {
	large := len(hosts)*len(externals) > meshLimit
	for i, h := range hosts {
		for j := range externals {
			if add(h, externals[(i+j)%len(externals)]) && large {
				break
			}
		}
	}
}

// reach says which networks are joined by routing nodes when everything works.
type reach struct{ joined map[*Network]*Network }

func (p *Plant) reach() *reach {
	r := &reach{joined: map[*Network]*Network{}}
	for _, n := range p.Nodes {
		if !n.forwards() {
			continue
		}
		for _, i := range n.Interfaces {
			if a, z := r.find(n.Interfaces[0].Network), r.find(i.Network); a != z {
				r.joined[a] = z
			}
		}
	}
	return r
}

func (r *reach) find(n *Network) *Network {
	for r.joined[n] != nil {
		if above := r.joined[r.joined[n]]; above != nil {
			r.joined[n] = above
		}
		n = r.joined[n]
	}
	return n
}

// talk says whether packets of one node find the address by which others reach the other: on a network that both
// have, or by way of gateways.
func (r *reach) talk(from, to *Node) bool {
	if len(from.Interfaces) == 0 || len(to.Interfaces) == 0 {
		return false
	}
	target := to.Primary().Network
	if from.Interface(target) != nil && !to.Loopback.IsValid() {
		return true
	}
	for _, i := range from.Interfaces {
		if from.leaves(i.Network) && to.leaves(target) && r.find(i.Network) == r.find(target) {
			return true
		}
	}
	return false
}

// leaves says whether a node's packets get off a network: it routes itself, or there is a gateway.
func (n *Node) leaves(net *Network) bool { return n.forwards() || net.Gateway != nil }
