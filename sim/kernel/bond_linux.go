package kernel

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// bonds keeps the active members of all bonds: it chooses them for emulated bonds, from the carriers that the kernel
// reports, and follows the kernel's choice for its own.
type bonds struct {
	*condition
	loop *sim.Loop
	// changed is called when a bond uses another member.
	changed func(*topology.Bond, sim.BondData)
	all     map[*topology.Bond]*bond
	watched map[int32]watched // by device index
}

// bond is one of them.
type bond struct {
	of      *topology.Bond
	devices []*bondDevice // one for each network
	machine *proto.Bond   // nil for the kernel's own
	carrier []bool        // of each member, as last heard
	active  int
	cancel  func() // the machine's next step
}

// watched is what the state of a device means: the carrier of a member, or the choice of a native bond (member -1).
type watched struct {
	bond   *bond
	member int
}

// newBonds finds the bonds of a plant that stands.
func newBonds(c *condition, loop *sim.Loop, changed func(*topology.Bond, sim.BondData)) *bonds {
	bs := &bonds{condition: c, loop: loop, changed: changed, all: map[*topology.Bond]*bond{}, watched: map[int32]watched{}}
	for _, n := range c.nodes {
		for _, d := range n.bonds {
			bs.add(d)
		}
	}
	return bs
}

func (bs *bonds) add(d *bondDevice) {
	b := bs.all[d.of]
	if b == nil {
		b = &bond{of: d.of, cancel: func() {}}
		b.active = max(0, slices.Index(d.of.Members, d.of.Primary))
		bs.all[d.of] = b
	}
	b.devices = append(b.devices, d)
	if bs.native {
		bs.watched[d.index] = watched{b, proto.None}
		return
	}
	if b.machine == nil {
		b.machine = proto.NewBond(d.of)
		b.carrier = slices.Repeat([]bool{true}, len(d.of.Members))
		b.active = b.machine.Active()
	}
	for i, m := range d.members {
		if m != nil {
			bs.watched[m.index] = watched{b, i}
		}
	}
}

// start brings patch panels to the choice of the machines, as a primary may not be the first member. From then on the
// bonds have to be told what becomes of links, by see.
func (bs *bonds) start() error {
	for _, n := range bs.nodes {
		if len(n.bonds) > 0 && !bs.native {
			if err := bs.repatch(n.node); err != nil {
				return err
			}
		}
	}
	return nil
}

// namespaces are those whose links have to be watched.
func (bs *bonds) namespaces() []*netns {
	var all []*netns
	for _, n := range bs.nodes {
		if len(n.bonds) > 0 {
			all = append(all, bs.netns(n.node))
		}
	}
	return all
}

func (bs *bonds) close() {
	for _, b := range bs.all {
		b.cancel()
	}
}

// see takes in what links are like now; nil is: look for yourself.
func (bs *bonds) see(states []linkState) {
	if states == nil {
		states = bs.look()
	}
	for _, s := range states {
		w, ours := bs.watched[s.index]
		switch {
		case !ours, w.bond.of.Mode == topology.LACP && w.member == proto.None: // it has no one active member to follow
		case w.member == proto.None:
			bs.follow(w.bond, s.activeSlave)
		default:
			w.bond.carrier[w.member] = s.carrier
			w.bond.machine.Link(bs.loop.Now(), w.member, s.carrier)
			bs.arm(w.bond)
		}
	}
}

// look asks for every watched link. One that cannot be asked is left as it was.
func (bs *bonds) look() []linkState {
	states := []linkState{}
	for index, w := range bs.watched {
		if s, err := bs.netns(w.bond.of.Node).link(index); err == nil {
			states = append(states, s)
		}
	}
	return states
}

// arm has the loop step the bond's machine when it wants to be.
func (bs *bonds) arm(b *bond) {
	b.cancel()
	b.cancel = func() {}
	if next := b.machine.Next(); next != proto.Never {
		b.cancel = bs.loop.At(next, func() { bs.step(b) })
	}
}

func (bs *bonds) step(b *bond) {
	if b.machine.Step(bs.loop.Now()) {
		bs.use(b, b.machine.Active(), b.machine.Why())
	}
	bs.arm(b)
}

// use makes a member carry the bond: new cords at one instant, then the carrier of the bond itself, then word to all
// who have to know. A failure shows as a bond that does not serve, which is what it then is.
func (bs *bonds) use(b *bond, active int, why string) {
	was := b.active
	b.active = active
	n := b.of.Node
	err := bs.repatch(n)
	if err == nil && (was == proto.None) != (active == proto.None) {
		err = bs.setBondCarrier(b, active != proto.None)
	}
	if err == nil && active != proto.None {
		err = bs.tellNetworks(b)
	}
	if err != nil {
		why += " (" + err.Error() + ")"
	}
	bs.changed(b.of, sim.BondData{Active: b.member(active), Was: b.member(was), Why: why})
}

// repatch joins every bond of a node with its active member.
func (bs *bonds) repatch(n *topology.Node) error {
	var cords []cord
	for _, d := range bs.of(n).bonds {
		cords = append(cords, d.cords(bs.all[d.of].active)...)
	}
	return bs.bonded[n].patch(cords)
}

// setBondCarrier gives a bond a carrier while it has an active member.
func (bs *bonds) setBondCarrier(b *bond, up bool) error {
	batch := bs.netns(b.of.Node).route.batch()
	for _, d := range b.devices {
		batch.deviceUp(d.inner, up)
	}
	return batch.send()
}

// tellNetworks announces the addresses of a bond after a failover: its own, or for a switch those of all machines
// behind it, as switches that notify their uplinks do.
func (bs *bonds) tellNetworks(b *bond) error {
	for _, d := range b.devices {
		var err error
		if d.bridge != nil {
			err = bs.tellBehind(d)
		} else {
			err = bs.tellAddresses(d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tellAddresses announces what a bond has, and what the networks have that are on it by their tags.
func (bs *bonds) tellAddresses(d *bondDevice) error {
	all := []*device{&d.device}
	for _, t := range bs.of(d.node).tags {
		if t.on == &d.device {
			all = append(all, &t.device)
		}
	}
	for _, x := range all {
		if x.iface == nil {
			continue
		}
		if err := bs.announceAll(x); err != nil {
			return err
		}
	}
	return nil
}

func (b *bond) member(i int) string {
	if i == proto.None {
		return ""
	}
	return b.of.Members[i].Name
}

// follow takes note of the kernel's choice of an active member; index 0 is none.
func (bs *bonds) follow(b *bond, index int32) {
	active := proto.None
	for _, d := range b.devices {
		for i, m := range d.members {
			if m != nil && m.index == index {
				active = i
			}
		}
	}
	if active == b.active {
		return
	}
	was := b.active
	b.active = active
	why := "no member is up"
	if active != proto.None {
		why = "chosen by the kernel"
		if err := bs.tellNetworks(b); err != nil {
			why += " (" + err.Error() + ")"
		}
	}
	bs.changed(b.of, sim.BondData{Active: b.member(active), Was: b.member(was), Why: why})
}

// unheard names a bond that has not heard yet of what became of a member's carrier: its timers have not begun. Empty
// when there is none.
func (bs *bonds) unheard() string {
	for _, n := range bs.nodes {
		for _, d := range n.bonds {
			b := bs.all[d.of]
			for i, p := range d.of.Members {
				if b.machine != nil && b.carrier[i] != bs.lit(p) {
					return b.of.String() + " has not heard of " + p.Name
				}
			}
		}
	}
	return ""
}
