package kernel

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// Where the kernel has VLANs, a plant whose networks have IDs is wired as such plants are: a link is one cable, whatever it
// carries. A switch has one bridge that knows VLANs, with an address of its own on each network; a host has a device on top
// of its port, or of its bond, for every network but the native one.
//
//	core1: switch ─┬─ Et1/1 ──────────── vmnic0 ─┐             ┌─ team0.20
//	       (lan)   └─ peer               vmnic1 ─┴─ team0 ─────┴─ (native: mgmt)

// tag is a device that sends and hears one network of another device by its VLAN ID.
type tag struct {
	device
	on   *device
	vlan int
}

// membership is a network that a device of a bridge that knows VLANs lets through.
type membership struct {
	network *topology.Network
	native  bool // without a tag
}

// wantsTags says whether a plant has VLANs and nothing in it that needs a bridge for each network: Linux bridges have one
// spanning tree, whatever their VLANs.
func wantsTags(p *topology.Plant) bool {
	numbered := slices.ContainsFunc(p.Networks, func(n *topology.Network) bool { return n.VLAN != 0 })
	trees := slices.ContainsFunc(p.Nodes, func(n *topology.Node) bool { return n.STP != nil })
	return numbered && !trees && len(p.Networks) <= topology.MaxVLAN
}

// numberVLANs gives every network the ID by which bridges know it: its own, or one that never leaves a switch, from the top.
func numberVLANs(p *topology.Plant) map[*topology.Network]int {
	vlans, used := map[*topology.Network]int{}, map[int]bool{}
	for _, n := range p.Networks {
		vlans[n], used[n.VLAN] = n.VLAN, true
	}
	free := topology.MaxVLAN
	for _, n := range p.Networks {
		if n.VLAN != 0 {
			continue
		}
		for used[free] {
			free--
		}
		vlans[n], used[free] = free, true
	}
	return vlans
}

// tagged says whether a link is one cable for all its networks.
func (l *layout) tagged(link *topology.Link) bool {
	return l.vlans != nil && slices.ContainsFunc(link.Networks, func(n *topology.Network) bool { return n.VLAN != 0 })
}

// layVLANBridge gives a switch its one bridge, and a device with its address for each network on which it has one.
func (l *layout) layVLANBridge(n *topology.Node) {
	var own []*topology.Network
	for _, network := range l.plant.Networks {
		if switches(n, network) {
			own = append(own, network)
		}
	}
	if len(own) == 0 {
		return
	}
	b := &device{
		node: n, name: l.of(n).names.pick("switch"), index: l.nextIndex(), alias: n.ID,
		mac: deviceID(bridgeID, n.Index, len(l.plant.Networks)), mtu: largest(own), knowsVLANs: true,
	}
	l.of(n).bridges = append(l.of(n).bridges, b)
	for _, network := range own {
		l.bridges[bridgeKey{n, network}] = b
		i := n.Interface(network)
		if i == nil {
			continue
		}
		b.lets = append(b.lets, membership{network, false})
		l.layTag(b, network, i, l.of(n).names.pick(network.ID), n.ID+" "+network.ID)
	}
}

// layTag puts a network's device on top of another.
func (l *layout) layTag(on *device, network *topology.Network, i *topology.Interface, name, alias string) {
	n := l.of(on.node)
	n.tags = append(n.tags, &tag{on: on, vlan: l.vlans[network], device: device{
		node: on.node, name: name, index: l.nextIndex(), alias: alias, mac: i.MAC, mtu: min(on.mtu, network.MTU), network: network, iface: i,
	}})
}

// layTrunk is the one lane of a link that is a cable for all its networks.
func (l *layout) layTrunk(link *topology.Link) {
	ln := &lane{link: link}
	for side, p := range link.Ends() {
		ln.ends[side] = l.layTrunkEnd(p)
	}
	if !link.FaultSignalling || !shuttable(link.A) && !shuttable(link.B) {
		for side := range ln.wire {
			ln.wire[side] = l.layWire(link, side, 0)
		}
	}
	l.lanes = append(l.lanes, ln)
	l.byLink[link] = []*lane{ln}
}

func (l *layout) layTrunkEnd(p *topology.Port) *device {
	d := &device{
		node: p.Node, index: l.nextIndex(), group: portGroup(p), port: p, mac: laneID(p.MAC, 0), mtu: mtuOfAll(p.Link),
		name: l.of(p.Node).names.pick(p.Name), alias: p.String(),
	}
	switch {
	case p.Bond != nil:
		l.joinBond(p, nil, d)
	case shuttable(p):
		l.plugIn(d, p)
	default:
		l.layTags(d, p)
	}
	return d
}

// plugIn makes a device a port of its switch's bridge, as a port is configured.
func (l *layout) plugIn(d *device, p *topology.Port) {
	d.bridge = l.bridges[bridgeKey{p.Node, p.Link.Networks[0]}]
	for _, n := range p.Link.Networks {
		if p.Allows(n) {
			d.lets = append(d.lets, membership{n, n == p.Native})
		}
	}
}

// layTags gives the networks of a port that is nobody's bridge's their addresses: on the device itself where they bear no
// tag, else on one of their own.
func (l *layout) layTags(d *device, p *topology.Port) {
	for _, n := range p.Link.Networks {
		i := p.Interface(n)
		switch {
		case i == nil:
		case n == p.Native:
			d.iface, d.mac = i, i.MAC
		default:
			l.layTag(d, n, i, l.of(p.Node).names.pick2(d.name, n.ID), d.alias+" "+n.ID)
		}
	}
}

// layTaggedBond is a bond over links that are cables for all their networks, as its first member is configured.
func (l *layout) layTaggedBond(b *bondDevice, first *topology.Port) {
	b.name, b.mtu = l.of(b.node).names.pick(b.of.Name), mtuOfAll(first.Link)
	b.mac = deviceID(bondID+b.of.Index, b.node.Index, len(l.plant.Networks))
	if shuttable(first) {
		l.plugIn(&b.device, first)
	} else {
		l.layTags(&b.device, first)
	}
}

// mtuOfAll is the largest packet of any of a link's networks, as far as the link takes it.
func mtuOfAll(link *topology.Link) int {
	most := 0
	for _, n := range link.Networks {
		most = max(most, mtuOf(link, n))
	}
	return most
}

func largest(networks []*topology.Network) int {
	most := 0
	for _, n := range networks {
		most = max(most, n.MTU)
	}
	return most
}
