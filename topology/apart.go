package topology

import (
	"fmt"
	"slices"
)

// Apart says why packets cannot get from one node to another although nothing has failed: how far each of them gets at
// most, or which of them has no gateway. It is empty where their networks are joined: then the reason is no matter of who
// is in which network.
func (p *Plant) Apart(from, to *Node) string {
	a, b := p.expanse(from), p.expanse(to)
	if len(a) == 0 || len(b) == 0 {
		return ""
	}
	if !meet(a, b) {
		return fmt.Sprintf("%s gets as far as %s, %s as far as %s, and no router is in both", from.ID, fewNetworks(a), to.ID, fewNetworks(b))
	}
	for _, n := range []*Node{from, to} {
		own := n.networks()
		if !n.forwards() && !meet(from.networks(), to.networks()) && !slices.ContainsFunc(own, func(n *Network) bool { return n.Gateway != nil }) {
			return fmt.Sprintf("%s is in %s, without a gateway to leave by", n.ID, fewNetworks(own))
		}
	}
	return ""
}

func meet(a, b []*Network) bool {
	return slices.ContainsFunc(a, func(n *Network) bool { return slices.Contains(b, n) })
}

// mostNetworks is how many are named; a fabric has one for every link.
const mostNetworks = 5

func fewNetworks(list []*Network) string {
	if more := len(list) - mostNetworks; more > 1 {
		return fmt.Sprintf("%s and %d more", idsOf(list[:mostNetworks]), more)
	}
	return idsOf(list)
}

// networks lists those that a node has an address in.
func (n *Node) networks() []*Network {
	var list []*Network
	for _, i := range n.Interfaces {
		if !slices.Contains(list, i.Network) {
			list = append(list, i.Network)
		}
	}
	return list
}

// expanse lists the networks that a node's packets could get into if whatever routes passed them on: its own come first.
func (p *Plant) expanse(from *Node) []*Network {
	routers := map[*Network][]*Node{}
	for _, n := range p.Nodes {
		if n.forwards() {
			for _, net := range n.networks() {
				routers[net] = append(routers[net], n)
			}
		}
	}
	list := from.networks()
	in := map[*Network]bool{}
	for _, net := range list {
		in[net] = true
	}
	for at := 0; at < len(list); at++ {
		for _, n := range routers[list[at]] {
			for _, net := range n.networks() {
				if !in[net] {
					in[net] = true
					list = append(list, net)
				}
			}
		}
	}
	return list
}
