package kernel

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// holding is a node that answers for a network's gateway.
type holding struct {
	node    *topology.Node
	network *topology.Network
}

// setHolder gives a node the virtual gateway addresses of a network and tells the network so, or takes them away.
func (c *condition) setHolder(l sim.Holder) error {
	key := holding{l.Node, l.Network}
	addrs := virtual(l.Network, l.Node)
	d := c.device(l.Node, l.Network)
	if c.holds[key] == l.On || len(addrs) == 0 {
		return nil
	}
	if d == nil {
		return fmt.Errorf("make %s the gateway of %s: it has no address there", l.Node.ID, l.Network.ID)
	}
	c.holds[key] = l.On
	b := c.netns(l.Node).route.batch()
	for _, a := range addrs {
		p := netip.PrefixFrom(a, a.BitLen())
		if l.On {
			b.addAddress(d.index, p)
		} else {
			b.address(unix.RTM_DELADDR, 0, d.index, p)
		}
	}
	if err := b.send(); err != nil {
		return fmt.Errorf("gateway of %s at %s: %w", l.Network.ID, l.Node.ID, err)
	}
	if !l.On {
		return nil
	}
	return c.announce(l.Node, d, d.mac, addrs)
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
