package topology

import (
	"fmt"
	"net/netip"
	"slices"
)

// carry works out which networks a link carries when the file does not say.
//
//	router -- router, external       a transit network of its own, a /31
//	routed switch -- routed switch   the same
//	router -- switch of a gateway    the networks that the router is gateway of, else a transit network shared with
//	                                 the switch's gateway group, which crosses the peer link too
//	switch -- host                   the plant's only network
//	switch -- switch                 all networks at either end
func (b *builder) carry() {
	b.madeUpNetwork()
	for _, l := range b.plant.Links {
		if b.told[l] {
			continue
		}
		switch a, z := l.A.Node, l.B.Node; {
		case a.routesOnly() && z.routesOnly():
			l.Networks = []*Network{b.addTransit(transitName(l.A, l.B), 31)}
		case a.routesOnly() && z.Kind == Switch:
			b.carryUplink(l, l.A, l.B)
		case z.routesOnly() && a.Kind == Switch:
			b.carryUplink(l, l.B, l.A)
		case a.Kind == Switch && z.Kind == Switch:
		default:
			b.carryAccess(l)
		}
	}
	b.leafGateways()
	b.carryTrunks()
	b.onlyRouter()
	b.reachedMembers()
	b.jumbo()
	for _, n := range b.plant.Nodes {
		for _, bond := range n.Bonds {
			b.sameNetworks(bond)
		}
	}
}

// routesOnly says whether its ports have addresses of their own, save those of a routed switch towards hosts.
func (n *Node) routesOnly() bool { return n.Kind == Router || n.Kind == External || n.Routed }

// madeUpNetwork gives a plant that declares no network one, or in a routed fabric one per leaf.
func (b *builder) madeUpNetwork() {
	if len(b.spec.Networks) > 0 {
		return
	}
	leaves := b.leaves()
	for i, leaf := range leaves {
		subnet := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24)
		n := b.addNetwork(leaf.ID+"-hosts", subnet, false)
		n.Gateway = &Gateway{Members: []*Node{leaf}}
		n.Gateway.setTimers()
	}
	if len(leaves) > 0 {
		b.note("no networks are declared: each of the %d leaves got one for its hosts, out of 10.0.0.0/8", len(leaves))
		return
	}
	if slices.ContainsFunc(b.plant.Nodes, func(n *Node) bool { return n.Kind == Host || n.Kind == Storage }) {
		b.addNetwork("lan", madeUpSubnet, false)
		b.note("no networks are declared: all hosts are on one called lan, %s", madeUpSubnet)
	}
}

// leaves are the routed switches that hosts plug into.
func (b *builder) leaves() []*Node {
	var list []*Node
	for _, n := range b.plant.Nodes {
		if n.Routed && slices.ContainsFunc(n.Ports, func(p *Port) bool { return !p.Peer().Node.forwards() }) {
			list = append(list, n)
		}
	}
	return list
}

// carryAccess is for a link of a host or storage.
func (b *builder) carryAccess(l *Link) {
	for _, n := range []*Node{l.A.Node, l.B.Node} {
		if made := b.declared(n.ID + "-hosts"); n.Routed && made != nil && len(b.spec.Networks) == 0 {
			l.Networks = []*Network{made}
			return
		}
	}
	var plain []*Network
	for _, n := range b.plant.Networks {
		if !n.Transit {
			plain = append(plain, n)
		}
	}
	if len(plain) == 1 {
		l.Networks = plain
		return
	}
	hint := fmt.Sprintf("say networks: [...], of %s", idsOf(plain))
	if len(plain) == 0 {
		hint = "declare one on top: networks: {lan: {subnet: 10.0.0.0/24}}"
	}
	b.ps.Add(l.Pos, hint, "link %s carries no network", l.ID)
}

func (b *builder) declared(id string) *Network { return b.named[id] }

// carryUplink is for a router's port into a switch.
func (b *builder) carryUplink(l *Link, router, into *Port) {
	if own := b.gatewayOf(router.Node); len(own) > 0 {
		l.Networks = own
		return
	}
	gateway := b.gatewayAt(into.Node)
	if gateway == nil {
		b.carryAccess(l)
		return
	}
	l.Networks = []*Network{b.uplinkTransit(router, gateway)}
}

// gatewayAt is the gateway that a switch is a member of: the first in the file.
func (b *builder) gatewayAt(sw *Node) *Gateway {
	for _, n := range b.plant.Networks {
		if n.Gateway.has(sw) {
			return n.Gateway
		}
	}
	return nil
}

// uplinkTransit is the network between a router's port or bond and a gateway group; the members of a bond share it.
func (b *builder) uplinkTransit(router *Port, with *Gateway) *Network {
	name := router.Node.ID + "-" + router.Name
	if router.Bond != nil {
		name = router.Node.ID + "-" + router.Bond.Name
	}
	if n := b.declared(name); n != nil && n.Transit {
		return n
	}
	bits := 31
	if len(with.Members) > 1 {
		bits = 29
	}
	n := b.addTransit(name, bits)
	n.Gateway = &Gateway{Group: with.Group, Members: with.Members, Takeover: with.Takeover, Advert: with.Advert}
	return n
}

// transitName is made of both nodes, and of the ports where there are several links between the two.
func transitName(a, z *Port) string {
	name := a.Node.ID + "-" + z.Node.ID
	links := 0
	for _, p := range a.Node.Ports {
		if p.Peer().Node == z.Node {
			links++
		}
	}
	if links > 1 {
		name = a.Node.ID + "-" + a.Name + "-" + z.Node.ID
	}
	return name
}

// addTransit makes a generated network; its name gets a number while another has it.
func (b *builder) addTransit(name string, bits int) *Network {
	unique := name
	for i := 2; b.declared(unique) != nil; i++ {
		unique = fmt.Sprintf("%s-%d", name, i)
	}
	return b.addNetwork(unique, b.transits.next(bits, b.taken), true)
}

// leafGateways makes the one routed switch that a network's hosts plug into its gateway.
func (b *builder) leafGateways() {
	for _, n := range b.plant.Networks {
		if n.Gateway != nil || n.Transit {
			continue
		}
		var at []*Node
		for _, l := range b.plant.Links {
			for _, p := range l.Ends() {
				if l.Carries(n) && p.Node.Routed && !slices.Contains(at, p.Node) {
					at = append(at, p.Node)
				}
			}
		}
		if len(at) == 1 {
			n.Gateway = &Gateway{Members: at}
			n.Gateway.setTimers()
		}
	}
}

// carryTrunks gives every link between bridging switches that says nothing the networks found at either end, until
// nothing changes; a peer link carries the generated ones of its pair whatever it says.
func (b *builder) carryTrunks() {
	at := make(map[*Node]map[*Network]bool, len(b.plant.Nodes))
	for _, n := range b.plant.Nodes {
		at[n] = map[*Network]bool{}
	}
	for _, net := range b.plant.Networks {
		if net.Gateway != nil {
			for _, m := range net.Gateway.Members {
				at[m][net] = true
			}
		}
	}
	var trunks []*Link
	for _, l := range b.plant.Links {
		if l.trunk() && (!b.told[l] || b.isPeerLink(l)) {
			trunks = append(trunks, l)
		}
		for _, n := range l.Networks {
			at[l.A.Node][n], at[l.B.Node][n] = true, true
		}
	}
	for changed := true; changed; {
		changed = false
		for _, l := range trunks {
			for _, n := range b.plant.Networks {
				if (at[l.A.Node][n] || at[l.B.Node][n]) && !l.Carries(n) && (n.Transit || !b.told[l]) {
					l.Networks = append(l.Networks, n)
					at[l.A.Node][n], at[l.B.Node][n] = true, true
					changed = true
				}
			}
		}
	}
	for _, l := range trunks {
		l.Networks = sorted(l.Networks)
	}
}

// onlyRouter makes the one router on a network that was made up its gateway.
func (b *builder) onlyRouter() {
	if len(b.spec.Networks) > 0 {
		return
	}
	n := b.declared("lan")
	var routers []*Node
	for _, l := range b.plant.Links {
		for _, p := range l.Ends() {
			if n != nil && l.Carries(n) && p.Node.routesOnly() && !slices.Contains(routers, p.Node) {
				routers = append(routers, p.Node)
			}
		}
	}
	if len(routers) == 1 {
		n.Gateway = &Gateway{Members: routers}
		n.Gateway.setTimers()
		b.note("%s is the gateway of lan", routers[0].ID)
	}
}

// reachedMembers leaves out those members of a generated network's gateway that no link of it reaches: nobody asked
// for them there.
func (b *builder) reachedMembers() {
	for _, n := range b.plant.Networks {
		if !n.Transit || n.Gateway == nil {
			continue
		}
		n.Gateway.Members = slices.DeleteFunc(slices.Clone(n.Gateway.Members), func(m *Node) bool {
			return !slices.ContainsFunc(m.Ports, func(p *Port) bool { return p.Link.Carries(n) })
		})
	}
}

// jumbo lets a link of which no MTU is said carry the packets of its networks.
func (b *builder) jumbo() {
	for _, l := range b.plant.Links {
		if l.MTU != 0 {
			continue
		}
		l.MTU = DefaultMTU
		for _, n := range l.Networks {
			l.MTU = max(l.MTU, n.MTU)
		}
	}
}

// trunk says whether both ends bridge.
func (l *Link) trunk() bool {
	return l.A.Node.Kind == Switch && l.B.Node.Kind == Switch && !l.A.Node.Routed && !l.B.Node.Routed
}

// isPeerLink says whether both ends are members of one gateway.
func (b *builder) isPeerLink(l *Link) bool {
	for _, n := range b.plant.Networks {
		if n.Gateway.has(l.A.Node) && n.Gateway.has(l.B.Node) {
			return true
		}
	}
	return false
}
