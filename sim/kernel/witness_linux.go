package kernel

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// witness looks whether a level is true of the real kernel, and says what shows it.
func (c *condition) witness(l sim.Level) (seen bool, evidence string, err error) {
	switch l := l.(type) {
	case sim.Carrier:
		return c.witnessCarrier(l)
	case sim.Dark:
		return c.witnessDark(l)
	case sim.Impaired:
		return c.witnessImpaired(l)
	case sim.Allowed:
		return c.witnessVLAN(l)
	case sim.Stage:
		return c.witnessStage(l)
	case sim.Refuse:
		return c.witnessRefuse(l)
	case sim.Holder:
		return c.witnessHolder(l)
	case sim.Routes:
		return c.witnessRoutes(l)
	}
	return false, "", fmt.Errorf("look at %T: %w", l, sim.ErrUnsupported)
}

// witnessCarrier looks at the port's own devices, one for each network.
func (c *condition) witnessCarrier(l sim.Carrier) (bool, string, error) {
	for _, ln := range c.byLink[l.Port.Link] {
		d := ln.end(l.Port)
		s, err := c.netns(d.node).link(d.index)
		if err != nil {
			return false, "", err
		}
		if s.carrier != l.Up {
			return false, fmt.Sprintf("%s: carrier is %t", d.alias, s.carrier), nil
		}
	}
	if l.Up {
		return true, l.Port.String() + " has a carrier", nil
	}
	return true, l.Port.String() + " lost its carrier", nil
}

// witnessDark sends a frame into the dark and sees it counted.
func (c *condition) witnessDark(l sim.Dark) (bool, string, error) {
	at := l.Port.Peer()
	g := c.guard(at.Node)
	if !l.On || !g.follows.dark[at] {
		return g.obeys(g.follows.dark[at] == l.On)
	}
	before := g.follows.rulesBefore(at)
	return c.canary(g, before, func() error { return c.sendCanary(l.Port) }, "frames from "+l.Port.String())
}

// witnessStage looks at a node's bridges and doors. Out of service, a frame knocks where a neighbour still has a carrier.
func (c *condition) witnessStage(l sim.Stage) (bool, string, error) {
	serves := l.Stage == topology.Forwarding
	for _, d := range c.of(l.Node).bridges {
		s, err := c.netns(l.Node).link(d.index)
		if err != nil {
			return false, "", err
		}
		if s.up != serves {
			return false, fmt.Sprintf("bridge %s: up is %t", d.alias, s.up), nil
		}
	}
	g := c.guard(l.Node)
	p := c.knockingPort(l.Node)
	if serves || p == nil || !g.follows.closed {
		return g.obeys(g.follows.closed != serves)
	}
	return c.canary(g, 0, func() error { return c.sendCanary(p) }, "frames to "+l.Node.ID)
}

// knockingPort is a neighbour's port that still has a carrier; nil when there is none.
func (c *condition) knockingPort(n *topology.Node) *topology.Port {
	for _, p := range n.Ports {
		from := p.Peer()
		if !c.down[p] && !c.down[from] && len(p.Link.Networks) > 0 && !c.guard(from.Node).follows.closed {
			return from
		}
	}
	return nil
}

// witnessRefuse looks for the rules. No frame is sent to see them work: the way from the one node to the other may be
// long, or not there.
func (c *condition) witnessRefuse(l sim.Refuse) (bool, string, error) {
	g := c.guard(l.At)
	ok, why, err := g.obeys(g.follows.deaf[l.From] == l.On)
	if ok && l.On {
		why = l.At.ID + " drops all that comes from " + l.From.ID
	}
	return ok, why, err
}

// obeys compares the rules that the kernel has with those that the guard's orders make; told says whether these orders
// are what was asked for.
func (g *guard) obeys(told bool) (bool, string, error) {
	if !g.stands {
		return told, g.ns.name + " drops nothing", nil
	}
	counts, err := g.lost()
	if err != nil {
		return false, "", err
	}
	want := g.follows.rules()
	if len(counts) != want {
		return false, fmt.Sprintf("%s has %d filter rules instead of %d", g.ns.name, len(counts), want), nil
	}
	return told, g.what(), nil
}

// what says what the guard loses.
func (g *guard) what() string {
	switch {
	case g.follows.closed:
		return g.ns.name + " drops everything"
	case g.follows.rules() > 0:
		return g.ns.name + " drops what it is told to"
	}
	return g.ns.name + " drops nothing"
}

// canaryWait is how long a frame may take over one link: 16 µs at the median, 0.1 ms at the 99th percentile (measured).
const canaryWait = 5 * time.Millisecond

// canaryLook is how often it is looked for. In between somebody has to sleep: in a capsule no time passes otherwise.
const canaryLook = 50 * time.Microsecond

// canary sees the counter of a rule rise for a frame that is sent. On a machine that stalls, the frame may not arrive in
// time; then the rule in its place has to do.
func (c *condition) canary(g *guard, rule int, send func() error, what string) (bool, string, error) {
	before, err := g.lost()
	if err != nil {
		return false, "", err
	}
	if rule >= len(before) {
		return false, "nothing drops " + what, nil
	}
	switch err := send(); {
	case errors.Is(err, unix.ENETDOWN), errors.Is(err, unix.ENOBUFS):
		// Another fault holds the link down, so that its queue takes nothing; or the machine stalls, and its backlog is full.
		return g.obeys(true)
	case err != nil:
		return false, "", fmt.Errorf("send a frame to see it lost: %w", err)
	}
	for deadline := time.Now().Add(canaryWait); ; {
		after, err := g.lost()
		if err != nil {
			return false, "", err
		}
		if rule < len(after) && after[rule] > before[rule] {
			return true, what + " are lost", nil
		}
		if time.Now().After(deadline) {
			return g.obeys(true)
		}
		time.Sleep(canaryLook)
	}
}

// sendCanary sends a canary from a port.
func (c *condition) sendCanary(p *topology.Port) error {
	lanes := c.byLink[p.Link]
	if len(lanes) == 0 {
		return fmt.Errorf("%s carries no network", p)
	}
	return c.sendOver(lanes[0].end(p))
}

// sendOver sends a frame that no bridge forwards (IEEE 802.1D, table 7-10: addressed to the nearest bridge), of a
// protocol that nobody speaks (IEEE 802, local experimental ethertype 1).
func (c *condition) sendOver(d *device) error {
	frame := linkHeader(topology.HardwareID{0x01, 0x80, 0xc2, 0, 0, 0x0e}, d.mac, 0x88b5)
	return c.netns(d.node).transmit(d.index, append(frame, "canary"...))
}

// witnessHolder looks for the gateway's addresses.
func (c *condition) witnessHolder(l sim.Holder) (bool, string, error) {
	have, err := c.netns(l.Node).addresses()
	if err != nil {
		return false, "", err
	}
	for _, a := range virtual(l.Network, l.Node) {
		if slices.Contains(have, a) != l.On {
			return false, fmt.Sprintf("%s has %s: %t", l.Node.ID, a, !l.On), nil
		}
	}
	if l.On {
		return true, l.Node.ID + " answers for the gateway of " + l.Network.ID, nil
	}
	return true, l.Node.ID + " does not answer for the gateway of " + l.Network.ID, nil
}

// addresses lists all addresses in the namespace.
func (n *netns) addresses() ([]netip.Addr, error) {
	var all []netip.Addr
	write := func(m *message) { m.raw(make([]byte, unix.SizeofIfAddrmsg)...) }
	err := n.route.ask(unix.RTM_GETADDR, unix.NLM_F_DUMP, write, func(_ uint16, body []byte) {
		a := attributes(body[unix.SizeofIfAddrmsg:])
		local := a[unix.IFA_LOCAL]
		if local == nil {
			local = a[unix.IFA_ADDRESS]
		}
		if addr, ok := netip.AddrFromSlice(local); ok {
			all = append(all, addr)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list addresses of %s: %w", n.name, err)
	}
	return all, nil
}
