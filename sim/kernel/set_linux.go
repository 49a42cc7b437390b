package kernel

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// condition is a fabric and what levels have made of it.
type condition struct {
	*fabric
	down  map[*topology.Port]bool // ports without carrier
	stage []topology.Stage        // by Node.Index
	// impaired is what becomes of frames that leave a port.
	impaired map[*topology.Port]topology.Impairment
	lacks    map[lack]bool
	guards   []*guard // by Node.Index; nil where nothing was ever lost
	holds    map[*virtualRouter]bool
	tables   map[*topology.Node][]sim.Route
	// written is what the kernel was told of the tables.
	written map[*topology.Node]map[netip.Prefix][]sim.Hop
	changes map[*topology.Node]int // how many prefixes ever changed
	// powered is told when a node loses its power or is in service again, after its links have gone and before they
	// come back.
	powered func(*topology.Node, topology.Stage)
}

func newCondition(f *fabric) *condition {
	c := &condition{
		fabric: f, down: map[*topology.Port]bool{}, impaired: map[*topology.Port]topology.Impairment{}, lacks: map[lack]bool{}, guards: make([]*guard, len(f.nodes)),
		holds: map[*virtualRouter]bool{}, tables: map[*topology.Node][]sim.Route{},
		written: map[*topology.Node]map[netip.Prefix][]sim.Hop{}, changes: map[*topology.Node]int{},
		powered: func(*topology.Node, topology.Stage) {},
	}
	for range f.nodes {
		c.stage = append(c.stage, topology.Forwarding)
	}
	return c
}

// change is what a batch of levels comes to, sorted by what is to be done.
type change struct {
	shut, open []*topology.Node // leave and enter service
	off        []*topology.Node
	fall, rise map[*topology.Port]bool // lose and gain their carriers
	guards     map[*topology.Node]bool // have other rules than before
	control    []sim.Level
	impair     []*topology.Port // send over a network emulator that is to be told
	lists      []sim.Allowed    // of ports, that let a network through or no longer
	leave      []*device        // leave their bridges, or join them
	join       []*device
}

func newChange() *change {
	return &change{fall: map[*topology.Port]bool{}, rise: map[*topology.Port]bool{}, guards: map[*topology.Node]bool{}}
}

// set makes levels true, those that take something away first and at one instant. The skew is nil when nothing was
// taken away at more than one place.
func (c *condition) set(levels []sim.Level) (*sim.SkewData, error) {
	ch, err := c.note(levels)
	if err != nil {
		return nil, err
	}
	if err := c.setMembers(ch.join, true); err != nil { // before the doors open
		return nil, err
	}
	skew, err := c.takeAway(ch)
	if err == nil {
		err = errors.Join(c.setMembers(ch.leave, false), c.setLists(ch.lists), c.setImpairments(ch.impair))
	}
	if err != nil {
		return nil, err
	}
	return skew, c.giveBack(ch)
}

// note brings the levels into the condition and finds what they change.
func (c *condition) note(levels []sim.Level) (*change, error) {
	ch := newChange()
	for _, l := range levels {
		switch l := l.(type) {
		case sim.Carrier:
			c.noteCarrier(ch, l)
		case sim.Stage:
			c.noteStage(ch, l)
		case sim.Dark:
			at := l.Port.Peer()
			c.guard(at.Node).orders.dark[at] = l.On
			ch.guards[at.Node] = true
		case sim.Impaired:
			if err := c.noteImpaired(ch, l); err != nil {
				return nil, err
			}
		case sim.Allowed:
			if err := c.noteVLAN(ch, l); err != nil {
				return nil, err
			}
		case sim.Refuse:
			c.guard(l.At).orders.deaf[l.From] = l.On
			ch.guards[l.At] = true
		case sim.Holder, sim.Routes:
			ch.control = append(ch.control, l)
		case sim.Controller, sim.Volume, sim.Disks, sim.GuestPower: // the storage's
		default:
			return nil, fmt.Errorf("set %T of %s: %w", l, l.Subject(), sim.ErrUnsupported)
		}
	}
	return ch, nil
}

func (c *condition) noteCarrier(ch *change, l sim.Carrier) {
	if c.down[l.Port] == !l.Up {
		return
	}
	c.down[l.Port] = !l.Up
	if l.Up {
		ch.rise[l.Port] = true
	} else {
		ch.fall[l.Port] = true
	}
}

func (c *condition) noteImpaired(ch *change, l sim.Impaired) error {
	c.impaired[l.Port] = l.Impairment
	if nativeNetem() {
		ch.impair = append(ch.impair, l.Port)
		return nil
	}
	if err := impairing(l.Words()); err != nil {
		return fmt.Errorf("impair %s: %w", l.Port, err)
	}
	at := l.Port.Peer()
	c.guard(at.Node).orders.lossy[at] = l.Loss
	ch.guards[at.Node] = true
	return nil
}

func (c *condition) noteStage(ch *change, l sim.Stage) {
	was := c.stage[l.Node.Index]
	c.stage[l.Node.Index] = l.Stage
	serves := l.Stage == topology.Forwarding
	if g := c.guard(l.Node); g.orders.closed == serves {
		g.orders.closed = !serves
		ch.guards[l.Node] = true
		if serves {
			ch.open = append(ch.open, l.Node)
		} else {
			ch.shut = append(ch.shut, l.Node)
		}
	}
	if l.Stage == topology.Off && was != topology.Off {
		ch.off = append(ch.off, l.Node)
	}
}

func (c *condition) guard(n *topology.Node) *guard {
	if c.guards[n.Index] == nil {
		c.guards[n.Index] = newGuard(c.netns(n), c.of(n), c.native)
	}
	return c.guards[n.Index]
}

// takeAway is the bad half of a change: what stops forwarding, then carriers, then bridges, then power.
func (c *condition) takeAway(ch *change) (*sim.SkewData, error) {
	members := c.stopping(ch)
	var skew *sim.SkewData
	var armed []*guard
	if len(members) > 1 {
		var late time.Duration
		var err error
		if armed, late, err = c.stopTogether(members); err != nil {
			return nil, err
		}
		skew = &sim.SkewData{Members: count(members), Forwarding: sim.Seconds(late)}
	}
	spread, err := c.cut(ch, armed)
	if err != nil {
		return nil, err
	}
	if skew != nil {
		skew.Carrier = sim.Seconds(spread)
	}
	for _, n := range ch.off {
		c.powered(n, topology.Off)
	}
	return skew, nil
}

// cut is what follows once forwarding has stopped.
func (c *condition) cut(ch *change, armed []*guard) (spread time.Duration, err error) {
	if err := c.commitGuards(ch, true); err != nil {
		return 0, err
	}
	if spread, err = c.setCarriers(ch.fall, false); err != nil {
		return 0, err
	}
	return spread, errors.Join(c.setBridges(ch.shut, false), disarm(armed))
}

// giveBack is the good half: bridges, what follows from the control laws, then doors and carriers.
func (c *condition) giveBack(ch *change) error {
	if err := c.setBridges(ch.open, true); err != nil {
		return err
	}
	for _, n := range ch.open {
		if err := c.restoreRoutes(n); err != nil {
			return err
		}
		c.powered(n, topology.Forwarding)
	}
	if err := c.commitGuards(ch, false); err != nil {
		return err
	}
	if _, err := c.setCarriers(ch.rise, true); err != nil {
		return err
	}
	return c.setControl(ch.control)
}

// commitGuards brings the guards' rules up to date: of nodes that leave service before the carriers go, of those that
// come into service after all else stands. What is neither is done with the first.
func (c *condition) commitGuards(ch *change, taking bool) error {
	opens := map[*topology.Node]bool{}
	for _, n := range ch.open {
		opens[n] = true
	}
	for _, n := range c.plant.Nodes {
		if !ch.guards[n] || opens[n] == taking {
			continue
		}
		if err := c.guard(n).commit(); err != nil {
			return fmt.Errorf("guard %s: %w", n.ID, err)
		}
	}
	return nil
}

// setBridges sets all bridges of nodes up or down, which forgets all they had learnt.
func (c *condition) setBridges(nodes []*topology.Node, up bool) error {
	for _, n := range nodes {
		b := c.netns(n).route.batch()
		for _, d := range c.of(n).bridges {
			b.deviceUp(d, up)
		}
		if err := b.send(); err != nil {
			return fmt.Errorf("in %s: %w", n.ID, err)
		}
	}
	return nil
}
