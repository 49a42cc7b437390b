package kernel

import (
	"github.com/dcdrill/dcdrill/topology"
)

// layout is a plant as Linux will have it: every device with its name, index and neighbour, worked out before any of
// it is made. The same plant gives the same layout.
type layout struct {
	plant   *topology.Plant
	nodes   []*nodeLayout // by Node.Index
	lanes   []*lane
	byLink  map[*topology.Link][]*lane
	bridges map[bridgeKey]*device
	trees   map[bridgeKey]*device // bridges with a spanning tree; their ports are those that it watches
	bonds   map[bondKey]*bondDevice
	index   int32
	// vlans are the IDs by which bridges know networks; nil where each network of a link is a link of its own.
	vlans map[*topology.Network]int
}

// nodeLayout is what a node has.
type nodeLayout struct {
	node    *topology.Node
	names   names
	bridges []*device
	joints  [][2]*device // between a bridge and the one with a spanning tree for the same network
	bonds   []*bondDevice
	ports   []*device // one for each lane end, in order of ports, then networks
	tags    []*tag
	virtual []*virtualRouter // those that it may be
}

// lane is one network on one link, or all networks of a link that is a cable for them: a veth pair, or two that meet in
// the wire.
//
//	direct:    core1:Eth1/1.lan ────────── hv1:vmnic0.lan
//	by wire:   leaf1:Eth1/1 ──── w7a0 ⇄ w7b0 ──── spine1:Eth1/4
type lane struct {
	link    *topology.Link
	network *topology.Network // nil: all of the link's
	ends    [2]*device        // at link.A and link.B
	wire    [2]*device        // facing them; nil when the lane is direct
}

// device is one network device.
type device struct {
	node    *topology.Node // nil: it is in the wire
	name    string         // at most 15 bytes
	index   int32          // unique in the plant: equal indexes at both ends of a veth delay its carrier events
	alias   string         // what people call it
	mac     topology.HardwareID
	mtu     int
	group   uint32 // of the physical port; 0 for bridges and bonds
	port    *topology.Port
	network *topology.Network
	iface   *topology.Interface // its addresses; nil: none
	bridge  *device             // that it is a port of
	bond    *bondDevice         // that it is a member of
	tree    *treeSettings       // of a bridge with a spanning tree
	// knowsVLANs: it is a bridge for many networks; lets are those that it, or a port of such a bridge, lets through.
	knowsVLANs bool
	lets       []membership
}

// bondDevice is a bond on one network: the native one, or a veth pair whose inner end is patched to the active member.
type bondDevice struct {
	device
	of      *topology.Bond
	members []*device // by place in of.Members; nil where the member does not carry the network
	inner   *device
}

type (
	bridgeKey struct {
		node    *topology.Node
		network *topology.Network
	}
	bondKey struct {
		bond    *topology.Bond
		network *topology.Network
	}
)

// firstIndex leaves the small numbers to the loopback and to what the kernel makes unasked.
const firstIndex = 100

// lay works out the layout of a plant; tags says whether the kernel has VLANs for those of the plant.
func lay(p *topology.Plant, tags bool) *layout {
	l := &layout{
		plant: p, byLink: map[*topology.Link][]*lane{},
		bridges: map[bridgeKey]*device{}, trees: map[bridgeKey]*device{}, bonds: map[bondKey]*bondDevice{}, index: firstIndex,
	}
	for _, n := range p.Nodes {
		l.nodes = append(l.nodes, &nodeLayout{node: n, names: names{}})
	}
	if tags && wantsTags(p) {
		l.vlans = numberVLANs(p)
	}
	for _, n := range p.Nodes {
		l.layBridges(n)
	}
	for _, link := range p.Links {
		if l.tagged(link) {
			l.layTrunk(link)
			continue
		}
		for i, network := range link.Networks {
			l.layLane(link, network, i)
		}
	}
	for _, n := range p.Nodes {
		l.addPorts(n)
		l.layVirtualRouters(n)
	}
	return l
}

func (l *layout) of(n *topology.Node) *nodeLayout { return l.nodes[n.Index] }

// device finds where a node has an interface; nil when it has none on that network.
func (l *layout) device(n *topology.Node, network *topology.Network) *device {
	for _, d := range l.of(n).bonds {
		if d.network == network || d.on(network) {
			return &d.device
		}
	}
	if b := l.bridges[bridgeKey{n, network}]; b != nil && !b.knowsVLANs {
		return b
	}
	for _, t := range l.of(n).tags {
		if t.network == network {
			return &t.device
		}
	}
	for _, d := range l.of(n).ports {
		if d.on(network) {
			return d
		}
	}
	return nil
}

// deviceOf is the device that has the address of an interface which is no bridge's.
func (l *layout) deviceOf(i *topology.Interface) *device {
	n := l.of(i.Node)
	for _, b := range n.bonds {
		if b.iface == i {
			return &b.device
		}
	}
	for _, t := range n.tags {
		if t.iface == i {
			return &t.device
		}
	}
	for _, d := range n.ports {
		if d.iface == i {
			return d
		}
	}
	return nil
}

// on says whether a device has an address on a network.
func (d *device) on(network *topology.Network) bool {
	return d.iface != nil && d.iface.Network == network
}

func (l *layout) nextIndex() int32 {
	l.index++
	return l.index
}

// layBridges gives a switch a bridge for every network that it switches.
func (l *layout) layBridges(n *topology.Node) {
	if l.vlans != nil {
		l.layVLANBridge(n)
		return
	}
	for _, network := range l.plant.Networks {
		if !switches(n, network) {
			continue
		}
		b := &device{
			node: n, name: l.of(n).names.pick(network.ID), index: l.nextIndex(), alias: n.ID + " " + network.ID,
			mac: deviceID(bridgeID, n.Index, network.Index), mtu: network.MTU, network: network,
		}
		if i := n.Interface(network); i != nil {
			b.iface, b.mac = i, i.MAC
		}
		l.of(n).bridges = append(l.of(n).bridges, b)
		l.bridges[bridgeKey{n, network}] = b
		l.layTree(b)
	}
}

// switches says whether the node has a bridge for the network.
func switches(n *topology.Node, network *topology.Network) bool {
	if n.Kind != topology.Switch {
		return false
	}
	for _, p := range n.Ports {
		if p.Link != nil && p.Link.Carries(network) && p.Switched(network) {
			return true
		}
	}
	i := n.Interface(network)
	return i != nil && i.Port == nil && i.Bond == nil
}

// layLane puts both ends of a lane in their places. A wire is needed where no end is switched, as nobody's port may be
// set down then, and where each end has a carrier of its own.
func (l *layout) layLane(link *topology.Link, network *topology.Network, nth int) {
	ln := &lane{link: link, network: network}
	for side, p := range link.Ends() {
		ln.ends[side] = l.layEnd(p, network, nth)
	}
	if !link.FaultSignalling || !link.A.Switched(network) && !link.B.Switched(network) {
		for side := range ln.wire {
			ln.wire[side] = l.layWire(link, side, nth)
		}
	}
	l.lanes = append(l.lanes, ln)
	l.byLink[link] = append(l.byLink[link], ln)
}

func (l *layout) layEnd(p *topology.Port, network *topology.Network, nth int) *device {
	d := &device{
		node: p.Node, index: l.nextIndex(), group: portGroup(p), port: p, network: network,
		mac: laneID(p.MAC, nth), mtu: mtuOf(p.Link, network),
	}
	if len(p.Link.Networks) == 1 {
		d.name, d.alias = l.of(p.Node).names.pick(p.Name), p.String()
	} else {
		d.name, d.alias = l.of(p.Node).names.pick2(p.Name, network.ID), p.String()+" "+network.ID
	}
	switch {
	case p.Bond != nil:
		l.joinBond(p, network, d)
	case p.Switched(network):
		d.bridge = l.bridges[bridgeKey{p.Node, network}]
		if p.Link.SpanningTree() {
			d.bridge = l.trees[bridgeKey{p.Node, network}]
		}
		if d.bridge.knowsVLANs {
			d.lets = []membership{{network, true}}
		}
	default:
		if i := p.Interface(network); i != nil {
			d.iface, d.mac = i, i.MAC
		}
	}
	return d
}

// mtuOf is the smaller of what the network and the link allow; 1500 (RFC 894) where neither says.
func mtuOf(link *topology.Link, network *topology.Network) int {
	switch {
	case link.MTU > 0 && network.MTU > 0:
		return min(link.MTU, network.MTU)
	case link.MTU+network.MTU > 0:
		return link.MTU + network.MTU
	}
	return 1500
}

// portGroup is the IFLA_GROUP that all devices of a physical port share in their namespace; 0 is the kernel's default.
func portGroup(p *topology.Port) uint32 { return uint32(p.Index) + 1 }

// layWire makes the wire's end that faces a side of the link. Its names are numbers: nobody types them.
func (l *layout) layWire(link *topology.Link, side, nth int) *device {
	p := link.Ends()[side]
	return &device{
		name: wireName(link.Index, side, nth), index: l.nextIndex(), alias: "facing " + p.String(),
		mac: laneID(deviceID(wireID, link.Index, side), nth), mtu: l.wireMTU(link, nth),
		group: wireGroup(link, side), port: p,
	}
}

func (l *layout) wireMTU(link *topology.Link, nth int) int {
	if l.tagged(link) {
		return mtuOfAll(link)
	}
	return mtuOf(link, link.Networks[nth])
}

func wireGroup(link *topology.Link, side int) uint32 { return uint32(2*link.Index+side) + 1 }

// joinBond makes a port's device a member of its bond on that network, and the bond if it is the first.
func (l *layout) joinBond(p *topology.Port, network *topology.Network, d *device) {
	key := bondKey{p.Bond, network}
	b := l.bonds[key]
	if b == nil {
		b = l.layBond(p.Bond, network)
		l.bonds[key] = b
		l.of(p.Node).bonds = append(l.of(p.Node).bonds, b)
	}
	for i, m := range p.Bond.Members {
		if m == p {
			b.members[i] = d
		}
	}
	b.mtu = min(b.mtu, d.mtu)
	b.inner.mtu = b.mtu
	d.bond = b
}

func (l *layout) layBond(of *topology.Bond, network *topology.Network) *bondDevice {
	n := of.Node
	b := &bondDevice{of: of, members: make([]*device, len(of.Members))}
	b.device = device{node: n, index: l.nextIndex(), alias: of.String(), network: network, mtu: 65535}
	switch first := of.Members[0]; {
	case network == nil:
		l.layTaggedBond(b, first)
	case first.Interface(network) != nil:
		b.name, b.iface = l.bondName(of, network), first.Interface(network)
		b.mac = b.iface.MAC
	default:
		b.name, b.bridge = l.bondName(of, network), l.bridges[bridgeKey{n, network}]
		b.mac = deviceID(bondID+of.Index, n.Index, network.Index)
	}
	inner := device{node: n, index: l.nextIndex(), alias: of.String() + " inside", network: network}
	inner.mac = laneID(b.mac, 255)
	inner.name = l.of(n).names.pick2(b.name, "x")
	b.inner = &inner
	return b
}

// bondName is the bond's own name while one network uses it; bonds of several networks bear both names.
func (l *layout) bondName(of *topology.Bond, network *topology.Network) string {
	names := l.of(of.Node).names
	for _, m := range of.Members {
		if len(m.Link.Networks) > 1 {
			return names.pick2(of.Name, network.ID)
		}
	}
	return names.pick(of.Name)
}

// addPorts lists a node's lane ends in order of its ports.
func (l *layout) addPorts(n *topology.Node) {
	for _, p := range n.Ports {
		for _, ln := range l.byLink[p.Link] {
			l.of(n).ports = append(l.of(n).ports, ln.end(p))
		}
	}
}

// side is 0 for link.A, 1 for link.B.
func side(p *topology.Port) int {
	if p.Link.A == p {
		return 0
	}
	return 1
}

func (ln *lane) end(p *topology.Port) *device { return ln.ends[side(p)] }

// actingPort is the port of a direct link that is set down to take the carriers of both ends: one that is switched, and
// if it can be, no member of a bond, so that bonds see what they see in life.
func actingPort(link *topology.Link) *topology.Port {
	if !shuttable(link.A) || link.A.Bond != nil && shuttable(link.B) {
		return link.B
	}
	return link.A
}

// shuttable says whether a port may be set down: all that it carries is switched.
func shuttable(p *topology.Port) bool {
	for _, n := range p.Link.Networks {
		if !p.Switched(n) {
			return false
		}
	}
	return true
}
