package kernel

import (
	"net/netip"
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// virtualRouter is what several nodes share as the gateway of a network (RFC 9568): the network's gateway addresses, behind
// a link address that moves with them. Hosts need not learn anew who answers, which those that hear nothing of a handover,
// as their bond is on the other side then, could not.
type virtualRouter struct {
	device         // up while the node answers
	on     *device // the node's own on that network
	addrs  []netip.Addr
	bridge *device // that must know the address for its own; nil where on is no bridge's
	vlan   int     // in the bridge; 0 where it knows none
}

// layVirtualRouters gives a node a device for each network of which it may be the gateway besides others.
func (l *layout) layVirtualRouters(n *topology.Node) {
	for _, network := range l.plant.Networks {
		on := l.device(n, network)
		if !sharesGateway(n, network) || on == nil {
			continue
		}
		v := &virtualRouter{on: on, addrs: virtual(network, n), device: device{
			node: n, name: l.of(n).names.pick2("gateway", network.ID), index: l.nextIndex(), alias: n.ID + " gateway of " + network.ID,
			mac: virtualRouterID(network), mtu: on.mtu, network: network,
		}}
		if b := l.bridges[bridgeKey{n, network}]; b != nil {
			v.bridge, v.vlan = b, l.vlans[network]
		}
		l.of(n).virtual = append(l.of(n).virtual, v)
	}
}

// sharesGateway says whether a node is a gateway of the network, and not the only one.
func sharesGateway(n *topology.Node, network *topology.Network) bool {
	g := network.Gateway
	return g != nil && len(g.Members) > 1 && slices.Contains(g.Members, n) && len(virtual(network, n)) > 0
}

// virtual lists the addresses of a network's gateway that are not the node's own anyway.
func virtual(network *topology.Network, n *topology.Node) []netip.Addr {
	var all []netip.Addr
	i := n.Interface(network)
	for _, a := range []netip.Addr{network.Gateway.Addr, network.Gateway.Addr6} {
		if a.IsValid() && (i == nil || a != i.Addr.Addr() && a != i.Addr6.Addr()) {
			all = append(all, a)
		}
	}
	return all
}

// virtualRouterID is 00-00-5E-00-01-{VRID} (RFC 9568, 7.3); that of IPv6 as well, as both move together here.
func virtualRouterID(network *topology.Network) topology.HardwareID {
	return topology.HardwareID{0, 0, 0x5e, 0, 1, byte(network.Index%255 + 1)}
}
