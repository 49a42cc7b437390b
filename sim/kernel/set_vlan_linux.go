package kernel

import (
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// A network that a switch's port does not let through: where the kernel has VLANs, it is taken off the port's list, and all
// that follows is the kernel's. Where networks of one link are links of their own, the port's device leaves the network's bridge, so that the switch learns nothing there and its own address goes without a carrier
// once no port is left. What arrives all the same is lost at the doors of both ends, and is counted there.

// lack is a port that does not let a network through.
type lack struct {
	port    *topology.Port
	network *topology.Network
}

// lane finds a network's lane of a link; nil when it has none.
func (f *fabric) lane(l *topology.Link, n *topology.Network) *lane {
	for _, ln := range f.byLink[l] {
		if ln.network == n || ln.network == nil && l.Carries(n) {
			return ln
		}
	}
	return nil
}

// noteVLAN brings what a port lets through into the condition.
func (c *condition) noteVLAN(ch *change, l sim.Allowed) error {
	ln := c.lane(l.Port.Link, l.Network)
	if ln == nil {
		return fmt.Errorf("take %s off %s: its link does not carry it", l.Network.ID, l.Port)
	}
	c.lacks[lack{l.Port, l.Network}] = !l.On
	if c.vlans != nil {
		ch.lists = append(ch.lists, l)
		return nil
	}
	c.noteForeign(ch, ln)
	switch d, belongs := c.standing(ln.end(l.Port)); {
	case d == nil:
	case belongs:
		ch.join = append(ch.join, d)
	default:
		ch.leave = append(ch.leave, d)
	}
	return nil
}

// noteForeign tells the guards at both ends of a lane whether what comes in there is to be lost: an end does not let the
// network through, or the two do not mean the same by what they send.
func (c *condition) noteForeign(ch *change, ln *lane) {
	for _, p := range ln.link.Ends() {
		far := p.Peer()
		lost := c.lacks[lack{p, ln.network}] || c.lacks[lack{far, ln.network}] || !far.Understood(ln.network)
		if !lost && c.guards[p.Node.Index] == nil {
			continue
		}
		g := c.guard(p.Node)
		if g.orders.foreign[ln.end(p)] != lost {
			g.orders.foreign[ln.end(p)] = lost
			ch.guards[p.Node] = true
		}
	}
}

// standing is what stands in a bridge for a lane's end: the device itself, or the bond that it is a member of; nil where it
// is not switched. It belongs there while its port's list has the network; a bond, while that of any of its members has.
func (c *condition) standing(d *device) (at *device, belongs bool) {
	at, ports := d, []*topology.Port{d.port}
	if d.bond != nil {
		at, ports = &d.bond.device, d.bond.of.Members
	}
	if at.bridge == nil {
		return nil, false
	}
	return at, slices.ContainsFunc(ports, func(p *topology.Port) bool { return !c.lacks[lack{p, d.network}] })
}

// setLists puts VLANs on the lists of ports, or takes them off. The members of a bond have one list, that of the bond.
func (c *condition) setLists(levels []sim.Allowed) error {
	for _, l := range levels {
		b := c.netns(l.Port.Node).route.batch()
		kind := uint16(unix.RTM_DELLINK)
		if l.On {
			kind = unix.RTM_SETLINK
		} else {
			b.forgive = unix.ENOENT // another member of the bond has told it
		}
		b.bridgeVLAN(kind, c.listed(l), c.vlans[l.Network], l.Port.Native == l.Network)
		if err := b.send(); err != nil {
			return fmt.Errorf("in %s: %w", l.Port.Node.ID, err)
		}
	}
	return nil
}

// listed is the device that has a port's list.
func (c *condition) listed(l sim.Allowed) *device {
	d := c.lane(l.Port.Link, l.Network).end(l.Port)
	if d.bond != nil {
		return &d.bond.device
	}
	return d
}

// setMembers has devices join their bridges, or leave them.
func (c *condition) setMembers(devices []*device, join bool) error {
	for _, d := range devices {
		b := c.netns(d.node).route.batch()
		if join {
			b.setMaster(d, d.bridge.index)
			b.costs(c.of(d.node))
		} else {
			b.setMaster(d, 0)
		}
		if err := b.send(); err != nil {
			return fmt.Errorf("in %s: %w", d.node.ID, err)
		}
	}
	return nil
}

// setMaster makes a device a port of a bridge; 0 takes it out.
func (b *batch) setMaster(d *device, bridge int32) {
	b.add("put "+d.alias+" into its bridge or out of it", unix.RTM_NEWLINK, 0, func() {
		b.linkHeader(d.index, 0, 0)
		b.u32(unix.IFLA_MASTER, uint32(bridge))
	})
}

// limitVLANs has ports let through what their file says, and the ends of links take each other for what it says.
func (c *condition) limitVLANs() error {
	if c.vlans != nil {
		return c.knowLists()
	}
	var levels []sim.Level
	ch := newChange()
	for _, ln := range c.lanes {
		c.noteForeign(ch, ln)
		for _, p := range ln.link.Ends() {
			if !p.Allows(ln.network) {
				levels = append(levels, sim.Allowed{Port: p, Network: ln.network})
			}
		}
	}
	if err := c.commitGuards(ch, true); err != nil {
		return err
	}
	_, err := c.set(levels)
	return err
}

// knowLists takes note of the lists that the ports were built with.
func (c *condition) knowLists() error {
	for _, l := range c.plant.Links {
		for _, p := range l.Ends() {
			for _, n := range p.Lacks {
				c.lacks[lack{p, n}] = true
			}
		}
	}
	return nil
}

// witnessList looks at the port's list.
func (c *condition) witnessList(l sim.Allowed) (bool, string, error) {
	lists, err := c.netns(l.Port.Node).bridgeVLANs()
	if err != nil {
		return false, "", err
	}
	is := lists[c.listed(l).index][c.vlans[l.Network]]
	what := fmt.Sprintf("VLAN %d is on the list of %s: %t", c.vlans[l.Network], l.Port, is)
	return is == l.On, what, nil
}

// witnessVLAN sends a frame of the network to the port and sees it lost there.
func (c *condition) witnessVLAN(l sim.Allowed) (bool, string, error) {
	if c.vlans != nil {
		return c.witnessList(l)
	}
	ln := c.lane(l.Port.Link, l.Network)
	d, g := ln.end(l.Port), c.guard(l.Port.Node)
	if l.On || !g.follows.foreign[d] {
		return g.obeys(g.follows.foreign[d] != l.On)
	}
	far := l.Port.Peer()
	send := func() error { return c.sendOver(ln.end(far)) }
	return c.canary(g, g.follows.rulesBeforeForeign(d), send, "frames of "+l.Network.ID+" to "+l.Port.String())
}
