package topology

import (
	"fmt"
	"net/netip"
	"slices"
)

// firstHost is where the addresses of ordinary nodes begin in a subnet that has the room: those before are for
// gateways and for what people put there later.
const firstHost = 10

// loopbacks is where external nodes have their addresses: documentation addresses (RFC 5737, TEST-NET-2).
var loopbacks = netip.MustParsePrefix("198.51.100.0/24")

// transitSpace is where generated networks come from: shared address space (RFC 6598), which no plant's own subnets use.
var transitSpace = netip.MustParsePrefix("100.64.0.0/10")

// addressPool hands out generated subnets, none overlapping a declared one.
type addressPool struct{ used uint32 }

func (p *addressPool) next(bits int, avoid []netip.Prefix) netip.Prefix {
	size := uint32(1) << (32 - bits)
	for {
		p.used = (p.used + size - 1) / size * size
		subnet := netip.PrefixFrom(offset(transitSpace.Addr(), p.used), bits)
		p.used += size
		if !slices.ContainsFunc(avoid, subnet.Overlaps) {
			return subnet
		}
	}
}

// offset is the n-th address after a.
func offset(a netip.Addr, n uint32) netip.Addr {
	bytes := a.AsSlice()
	for i := len(bytes) - 1; i >= 0 && n > 0; i-- {
		n += uint32(bytes[i])
		bytes[i] = byte(n)
		n >>= 8
	}
	out, _ := netip.AddrFromSlice(bytes)
	return out
}

// address gives every interface its address: gateways first, then the others in order of nodes.
func (b *builder) address() {
	for _, n := range b.plant.Networks {
		b.addressNetwork(n)
	}
	count := uint32(0)
	for _, n := range b.plant.Nodes {
		if n.Kind == External {
			count++
			n.Loopback = offset(loopbacks.Addr(), count)
			if !loopbacks.Contains(n.Loopback) {
				b.ps.Add(n.Pos, "", "more than 255 external nodes")
				return
			}
		}
	}
}

// plan hands out the addresses of one network.
type plan struct {
	n     *Network
	given uint32
	full  bool
}

// take gives the next address, both families.
func (p *plan) take() (v4, v6 netip.Prefix) {
	if !p.n.Subnet.Addr().Is4() {
		return // complained of before
	}
	at := p.given
	p.given++
	hosts := uint64(1) << (32 - p.n.Subnet.Bits())
	if p.n.Subnet.Bits() < 31 {
		at, hosts = at+1, hosts-1 // the subnet's own address and its broadcast are nobody's (RFC 3021 exempts /31)
	}
	if uint64(at) >= hosts {
		p.full = true
		return
	}
	v4 = netip.PrefixFrom(offset(p.n.Subnet.Addr(), at), p.n.Subnet.Bits())
	if p.n.Subnet6.IsValid() {
		v6 = netip.PrefixFrom(offset(p.n.Subnet6.Addr(), p.given), p.n.Subnet6.Bits())
		p.full = p.full || !p.n.Subnet6.Contains(v6.Addr())
	}
	return v4, v6
}

func (b *builder) addressNetwork(n *Network) {
	p := &plan{n: n}
	if g := n.Gateway; g != nil {
		if len(g.Members) > 1 {
			v4, v6 := p.take()
			g.Addr, g.Addr6 = v4.Addr(), v6.Addr()
		}
		for _, m := range g.Members {
			i := b.gatewayInterface(m, n, p)
			if len(g.Members) == 1 {
				g.Addr, g.Addr6 = i.Addr.Addr(), i.Addr6.Addr()
			}
		}
	}
	if n.Subnet.Bits() <= 27 {
		p.given = max(p.given, firstHost-1)
	}
	for _, l := range b.on(n) {
		b.endpoint(l, n, p)
	}
	if p.full {
		b.ps.Add(b.placeOf(n), "", "subnet %s of %s is too small: %d addresses are needed", n.Subnet, n.ID, p.given)
	}
}

// placeOf is where a network's subnet was typed.
func (b *builder) placeOf(n *Network) Pos {
	if s := b.spec.Networks.Lookup(n.ID); s != nil {
		return s.Pos
	}
	return n.Pos
}

// on lists the ports on a network, in order of nodes and ports.
func (b *builder) on(n *Network) []*Port { return b.portsOn[n] }

// indexPorts lists for each network the ports on it, in order of nodes and ports.
func (b *builder) indexPorts() {
	b.portsOn = map[*Network][]*Port{}
	for _, node := range b.plant.Nodes {
		for _, port := range node.Ports {
			for _, n := range port.Link.Networks {
				b.portsOn[n] = append(b.portsOn[n], port)
			}
		}
	}
}

// gatewayInterface is the gateway's own address: on its bridge for a switch, on its port for a router.
func (b *builder) gatewayInterface(m *Node, n *Network, p *plan) *Interface {
	var at *Port
	for _, port := range b.on(n) {
		if port.Node == m {
			at = port
			break
		}
	}
	if at == nil {
		b.ps.Add(n.Pos, "let a link of it carry "+n.ID, "%s is a gateway of %s, but none of its links carries it", m.ID, n.ID)
		return &Interface{}
	}
	if m.Kind == Switch && !at.routed() {
		at = nil
	}
	return b.newInterface(m, n, at, p)
}

// routed says whether a port of a switch is an interface of its own: that of a routed switch towards another routing node.
func (p *Port) routed() bool { return p.Node.Routed && p.Peer().Node.routesOnly() }

// endpoint gives the node of a port an address on the network when it is an end of it.
func (b *builder) endpoint(port *Port, n *Network, p *plan) {
	if port.Node.Kind == Switch && !port.routed() {
		return
	}
	for _, i := range port.Node.Interfaces {
		if i.Network != n {
			continue
		}
		same := i.Port == port || port.Bond != nil && i.Bond == port.Bond
		if !same && port.Node.Kind == Storage {
			continue // each controller has addresses of its own
		}
		if !same {
			b.ps.Add(port.Link.Pos, "make them a bond, or give them different networks", "%s is on %s twice, over %s and %s", port.Node.ID, n.ID, i.over(), port.Name)
		}
		return
	}
	b.newInterface(port.Node, n, port, p)
}

// over names the port or bond of an interface.
func (i *Interface) over() string {
	switch {
	case i.Bond != nil:
		return i.Bond.Name
	case i.Port != nil:
		return i.Port.Name
	}
	return "its own bridge"
}

func (b *builder) newInterface(node *Node, n *Network, at *Port, p *plan) *Interface {
	i := &Interface{Node: node, Network: n, Port: at}
	if at != nil && at.Bond != nil {
		i.Port, i.Bond = nil, at.Bond
	}
	i.Addr, i.Addr6 = p.take()
	k := len(node.Interfaces)
	i.MAC = HardwareID{2, byte(node.Index >> 8), byte(node.Index), 1, byte(k >> 8), byte(k)}
	node.Interfaces = append(node.Interfaces, i)
	return i
}

// String is node on network, over what.
func (i *Interface) String() string {
	return fmt.Sprintf("%s on %s over %s", i.Node.ID, i.Network.ID, i.over())
}
