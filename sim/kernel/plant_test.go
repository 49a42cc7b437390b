package kernel

import (
	"net/netip"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// plantFile makes small plants by hand, so that these tests rest on nothing but the wiring.
type plantFile struct {
	p    *topology.Plant
	next byte
}

func newPlant() *plantFile { return &plantFile{p: &topology.Plant{Name: "test"}} }

func (f *plantFile) node(id string, kind topology.NodeKind) *topology.Node {
	n := &topology.Node{Index: len(f.p.Nodes), ID: id, Family: id, Kind: kind}
	f.p.Nodes = append(f.p.Nodes, n)
	return n
}

func (f *plantFile) network(id, subnet string) *topology.Network {
	n := &topology.Network{Index: len(f.p.Networks), ID: id, Subnet: netip.MustParsePrefix(subnet), MTU: 1500}
	f.p.Networks = append(f.p.Networks, n)
	return n
}

func (f *plantFile) port(n *topology.Node, name string) *topology.Port {
	p := &topology.Port{Node: n, Index: len(n.Ports), Name: name, MAC: topology.HardwareID{2, 1, 0, 0, byte(n.Index), byte(len(n.Ports))}}
	n.Ports = append(n.Ports, p)
	return p
}

func (f *plantFile) link(a *topology.Node, aPort string, b *topology.Node, bPort string, networks ...*topology.Network) *topology.Link {
	l := &topology.Link{
		Index: len(f.p.Links), ID: a.ID + "-" + b.ID, A: f.port(a, aPort), B: f.port(b, bPort),
		Networks: networks, MTU: 1500, FaultSignalling: true,
	}
	l.A.Link, l.B.Link = l, l
	f.p.Links = append(f.p.Links, l)
	return l
}

func (f *plantFile) bond(n *topology.Node, name string, members ...*topology.Port) *topology.Bond {
	b := &topology.Bond{Node: n, Index: len(n.Bonds), Name: name, Members: members, Mode: topology.ActiveBackup, Miimon: 100 * time.Millisecond}
	for _, m := range members {
		m.Bond = b
	}
	n.Bonds = append(n.Bonds, b)
	return b
}

// address gives a node an address where the network reaches it: on a bond, a port, or its own bridge.
func (f *plantFile) address(n *topology.Node, on *topology.Network, addr string, at any) *topology.Interface {
	f.next++
	i := &topology.Interface{Node: n, Network: on, Addr: netip.MustParsePrefix(addr), MAC: topology.HardwareID{2, 2, 0, 0, 0, f.next}}
	switch at := at.(type) {
	case *topology.Bond:
		i.Bond = at
	case *topology.Port:
		i.Port = at
	}
	n.Interfaces = append(n.Interfaces, i)
	return i
}

func (f *plantFile) plant() *topology.Plant {
	f.p.Index()
	return f.p
}

// twoCore is two cores with a peer link, two hosts bonded to both of them, and a router behind one:
//
//	   edge1
//	     |
//	core1 ══ core2     lan and mgmt on every link; the gateway of lan is on the cores, edge1 on a transit network
//	  |  \/  |
//	  |  /\  |
//	 hv1    hv2
func twoCore() *topology.Plant {
	f := newPlant()
	lan, mgmt, up := f.network("lan", "10.0.10.0/24"), f.network("mgmt", "10.0.99.0/24"), f.network("uplink", "10.255.0.0/28")
	core1, core2 := f.node("core1", topology.Switch), f.node("core2", topology.Switch)
	f.link(core1, "Ethernet1/31", core2, "Ethernet1/31", lan, mgmt, up)
	for i, id := range []string{"hv1", "hv2"} {
		hv := f.node(id, topology.Host)
		a := f.link(core1, "Ethernet1/"+id[2:], hv, "vmnic0", lan, mgmt)
		b := f.link(core2, "Ethernet1/"+id[2:], hv, "vmnic1", lan, mgmt)
		team := f.bond(hv, "team0", a.B, b.B)
		f.address(hv, lan, []string{"10.0.10.11/24", "10.0.10.12/24"}[i], team)
		f.address(hv, mgmt, []string{"10.0.99.11/24", "10.0.99.12/24"}[i], team)
	}
	edge := f.node("edge1", topology.Router)
	in := f.link(core1, "Ethernet1/48", edge, "in1", up)
	f.address(edge, up, "10.255.0.1/28", in.B)
	for i, core := range []*topology.Node{core1, core2} {
		f.address(core, lan, []string{"10.0.10.2/24", "10.0.10.3/24"}[i], nil)
		f.address(core, up, []string{"10.255.0.2/28", "10.255.0.3/28"}[i], nil)
	}
	isp := f.node("isp", topology.External)
	wan := f.network("wan", "192.0.2.0/30")
	isp.Loopback = netip.MustParseAddr("198.51.100.1")
	out := f.link(edge, "wan", isp, "eth0", wan)
	f.address(edge, wan, "192.0.2.1/30", out.A)
	f.address(isp, wan, "192.0.2.2/30", out.B)
	group := &topology.Group{ID: "core", Nodes: []*topology.Node{core1, core2}, Redundant: true}
	f.p.Groups = append(f.p.Groups, group)
	lan.Gateway = &topology.Gateway{
		Group: group, Members: group.Nodes, Addr: netip.MustParseAddr("10.0.10.1"),
		Takeover: 3600 * time.Millisecond, Advert: time.Second,
	}
	return f.plant()
}
