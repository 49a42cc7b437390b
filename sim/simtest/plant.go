package simtest

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// TwoCore is a plant of two core switches (a redundant pair "core", feeds a and b, six minutes of boot), two hosts on
// both of them and one router with an external node behind it. All lies in network lan; core1's links lie in conduit
// north, those of core2 in south.
//
//	isp ── edge1 ══ core1 ══ core2
//	               ╱    ╲   ╱    ╲
//	              hv1    ╳       hv2
func TwoCore() *topology.Plant {
	p := &topology.Plant{Name: "two-core"}
	lan := &topology.Network{ID: "lan", VLAN: 10, Subnet: netip.MustParsePrefix("10.0.10.0/24"), MTU: 1500}
	san := &topology.Network{Index: 1, ID: "san", VLAN: 21, Subnet: netip.MustParsePrefix("10.0.21.0/24"), MTU: 9000}
	p.Networks = []*topology.Network{lan, san}
	core := []*topology.Node{addNode(p, "core1", topology.Switch), addNode(p, "core2", topology.Switch)}
	for _, c := range core {
		c.Feeds = []string{"a", "b"}
		c.Boot = topology.Boot{Name: "core-6m", SelfTest: time.Minute, OS: 2 * time.Minute, PortsUp: time.Minute, ControlPlane: 2 * time.Minute}
	}
	for i := range 2 {
		hv := addNode(p, fmt.Sprintf("hv%d", i+1), topology.Host)
		hv.Family, hv.Feeds = "hv", []string{"a"}
		for j, c := range core {
			addLink(p, "", end(hv, "vmnic"+fmt.Sprint(j)), end(c, fmt.Sprintf("e%d", i+1)), lan)
		}
		bond(hv)
	}
	edge, isp := addNode(p, "edge1", topology.Router), addNode(p, "isp", topology.External)
	addLink(p, "", end(edge, "in1"), end(core[0], "e3"), lan)
	addLink(p, "", end(edge, "in2"), end(core[1], "e3"), lan)
	addLink(p, "", end(edge, "wan"), end(isp, "p0"), nil)
	peer := addLink(p, "peer-link", end(core[0], "e31"), end(core[1], "e31"), lan)
	peer.Named = true
	p.Groups = []*topology.Group{{ID: "core", Nodes: core, Redundant: true}}
	address(p, lan, san)
	p.Index()
	return p
}

// WithArray is TwoCore with storage on both cores: array1 with controllers a and b, and volume vol1.
func WithArray() *topology.Plant {
	p := TwoCore()
	array, san := addNode(p, "array1", topology.Storage), p.Networks[1]
	array.Feeds = []string{"a"}
	a := &topology.Array{Access: topology.ActivePassive, Takeover: 15 * time.Second}
	for i, id := range []string{"a", "b"} {
		port := end(array, id+"/e0")
		addLink(p, "", port, end(p.Nodes[i], "e4"), san)
		a.Controllers = append(a.Controllers, &topology.Controller{ID: id, Ports: []*topology.Port{port}})
	}
	a.Volumes = []*topology.Volume{{Array: array, ID: "vol1", Size: 1 << 30, Owner: a.Controllers[0]}}
	array.Array = a
	p.Index()
	return p
}

func addNode(p *topology.Plant, id string, kind topology.NodeKind) *topology.Node {
	n := &topology.Node{Index: len(p.Nodes), ID: id, Family: id, Kind: kind}
	p.Nodes = append(p.Nodes, n)
	return n
}

func end(n *topology.Node, name string) *topology.Port {
	p := &topology.Port{Node: n, Index: len(n.Ports), Name: name, Optic: &topology.Optic{Model: "QSFP-40G-SR4"}}
	p.MAC = topology.HardwareID{2, 0, 0, 0, byte(n.Index), byte(p.Index)}
	n.Ports = append(n.Ports, p)
	return p
}

func addLink(p *topology.Plant, id string, a, b *topology.Port, carries *topology.Network) *topology.Link {
	l := &topology.Link{Index: len(p.Links), ID: id, A: a, B: b, Speed: 40 * topology.Gbps, MTU: 1500, FaultSignalling: true}
	if id == "" {
		l.ID = a.String() + "-" + b.String()
	}
	if carries != nil {
		l.Networks = []*topology.Network{carries}
	}
	switch b.Node.ID {
	case "core1":
		l.Conduit = "north"
	case "core2":
		l.Conduit = "south"
	}
	a.Link, b.Link = l, l
	p.Links = append(p.Links, l)
	return l
}

func bond(n *topology.Node) {
	b := &topology.Bond{Node: n, Name: "team0", Members: n.Ports, Mode: topology.ActiveBackup, Miimon: 100 * time.Millisecond}
	for _, p := range n.Ports {
		p.Bond = b
	}
	n.Bonds = []*topology.Bond{b}
}

// address gives every host, router and external an address in lan, the hosts one in san too.
func address(p *topology.Plant, lan, san *topology.Network) {
	for _, n := range p.Nodes {
		host := byte(n.Index + 1)
		switch n.Kind {
		case topology.Host:
			n.Interfaces = []*topology.Interface{inter(n, lan, host), inter(n, san, host)}
		case topology.Router:
			n.Interfaces = []*topology.Interface{inter(n, lan, host)}
		case topology.External:
			n.Loopback = netip.AddrFrom4([4]byte{198, 51, 100, 1})
		}
	}
}

func inter(n *topology.Node, net *topology.Network, host byte) *topology.Interface {
	a := net.Subnet.Addr().As4()
	a[3] = host
	i := &topology.Interface{Node: n, Network: net, Addr: netip.PrefixFrom(netip.AddrFrom4(a), net.Subnet.Bits())}
	if len(n.Bonds) > 0 {
		i.Bond = n.Bonds[0]
	}
	return i
}
