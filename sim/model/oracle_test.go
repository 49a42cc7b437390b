package model

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// oracle follows frames from port to port, the slow and plain way, without any of the model's short cuts. It knows the
// levels told, the bonds' choices, and the holders and tables as levels.
type oracle struct {
	down, dark map[*topology.Port]bool
	lost       map[*topology.Port]bool // all that it sends
	stage      map[*topology.Node]topology.Stage
	refused    map[refusal]bool
	lacks      map[string]bool
	idle       map[*topology.Port]bool // members of bonds that are not active
	holds      map[string]bool         // by the level's subject
	routes     map[*topology.Node][]sim.Route
	plant      *topology.Plant
}

func newOracle(l *lab) *oracle {
	return &oracle{
		plant: l.env.Plant, down: map[*topology.Port]bool{}, dark: map[*topology.Port]bool{}, lost: map[*topology.Port]bool{},
		stage: map[*topology.Node]topology.Stage{}, refused: map[refusal]bool{}, lacks: map[string]bool{},
	}
}

func (o *oracle) set(levels []sim.Level) {
	for _, l := range levels {
		switch l := l.(type) {
		case sim.Carrier:
			o.down[l.Port] = !l.Up
		case sim.Dark:
			o.dark[l.Port] = l.On
		case sim.Impaired:
			o.lost[l.Port] = l.Loss == 1
		case sim.Stage:
			o.stage[l.Node] = l.Stage
		case sim.Refuse:
			o.refused[refusal{l.At, l.From}] = l.On
		case sim.Allowed:
			o.lacks[l.Subject()] = !l.On
		}
	}
}

// look takes over what bonds and control laws have made of it.
func (o *oracle) look(l *lab) {
	o.idle, o.holds, o.routes = map[*topology.Port]bool{}, map[string]bool{}, map[*topology.Node][]sim.Route{}
	for _, b := range l.bonds {
		for i, p := range b.conf.Members {
			o.idle[p] = !slices.Contains(b.machine.Used(), i)
		}
	}
	for _, level := range l.Controls() {
		switch level := level.(type) {
		case sim.Holder:
			o.holds[level.Subject()] = level.On
		case sim.Routes:
			o.routes[level.Node] = level.Routes
		}
	}
}

func (o *oracle) serves(n *topology.Node) bool {
	s, told := o.stage[n]
	return !told || s == topology.Forwarding
}

// frame is one that floods a network.
type frame struct {
	*oracle
	net    *topology.Network
	origin *topology.Node
	heard  map[*topology.Interface]bool
	seen   map[*topology.Node]bool // switches it has been in
}

// hears lists the interfaces that hear what an interface sends.
func (o *oracle) hears(from *topology.Interface, origin *topology.Node) map[*topology.Interface]bool {
	f := frame{o, from.Network, origin, map[*topology.Interface]bool{}, map[*topology.Node]bool{}}
	if !o.serves(from.Node) {
		return f.heard
	}
	if from.Bond == nil && from.Port == nil {
		f.inside(from.Node)
	}
	for _, p := range from.Node.Ports {
		if from.Port == p || from.Bond != nil && p.Bond == from.Bond {
			f.send(p)
		}
	}
	return f.heard
}

func (f *frame) send(p *topology.Port) {
	q := p.Peer()
	if !p.Link.Carries(f.net) || f.down[p] || f.down[q] || f.dark[p] || f.lost[p] || f.idle[p] || f.idle[q] {
		return
	}
	if f.lacks[p.String()+" "+f.net.ID] || f.lacks[q.String()+" "+f.net.ID] {
		return
	}
	if !f.serves(q.Node) || f.refused[refusal{q.Node, f.origin}] {
		return
	}
	for _, i := range q.Node.Interfaces {
		if i.Network == f.net && (i.Port == q || i.Bond != nil && i.Bond == q.Bond) {
			f.heard[i] = true
			return
		}
	}
	if q.Node.Kind == topology.Switch {
		f.inside(q.Node)
	}
}

// inside is a frame in a switch: its own interface hears it, and it leaves by all ports.
func (f *frame) inside(n *topology.Node) {
	if f.seen[n] {
		return
	}
	f.seen[n] = true
	for _, i := range n.Interfaces {
		if i.Network == f.net && i.Port == nil && i.Bond == nil {
			f.heard[i] = true
		}
	}
	for _, p := range n.Ports {
		f.send(p)
	}
}

// packet is one on its way to an address.
type packet struct {
	*oracle
	origin, to *topology.Node
	addr       netip.Addr
}

// arrives says whether by some, and whether by all choices of equal paths, the packet gets from a node to its address.
func (p packet) arrives(at *topology.Node, ttl int) (some, all bool) {
	if ttl == 0 || !p.serves(at) {
		return false, false
	}
	if at == p.to {
		return true, true
	}
	for _, i := range at.Interfaces {
		if i.Network.Subnet.Contains(p.addr) {
			return p.give(i, p.addr, ttl)
		}
	}
	if routes, routed := p.routes[at]; routed {
		return p.route(at, routes, ttl)
	}
	if i := at.Primary(); i != nil && i.Network.Gateway != nil {
		return p.give(i, i.Network.Gateway.Addr, ttl)
	}
	return false, false
}

// route takes the longest prefix with a leg of use.
func (p packet) route(at *topology.Node, routes []sim.Route, ttl int) (some, all bool) {
	for bits := 32; bits >= 0; bits-- {
		for _, r := range routes {
			if r.To.Bits() != bits || !r.To.Contains(p.addr) {
				continue
			}
			legs, worked := 0, 0
			partly := false
			for _, h := range r.Hops {
				i := at.Interface(h.Network)
				if !p.light(i) {
					continue
				}
				s, a := p.give(i, h.Via, ttl)
				legs++
				if s {
					worked++
				}
				partly = partly || s != a
			}
			if legs > 0 {
				return worked > 0, worked == legs && !partly
			}
		}
	}
	return false, false
}

// light says whether an interface has a carrier.
func (p packet) light(i *topology.Interface) bool {
	for _, q := range i.Node.Ports {
		own := i.Port == q || i.Bond != nil && q.Bond == i.Bond && !p.idle[q]
		svi := i.Port == nil && i.Bond == nil && q.Link.Carries(i.Network) && !p.lacks[q.String()+" "+i.Network.ID]
		if own && i.Bond != nil || (own || svi) && !p.down[q] && !p.idle[q] {
			return true
		}
	}
	return false
}

// give hands the packet to whoever answers for an address on the network.
func (p packet) give(from *topology.Interface, to netip.Addr, ttl int) (some, all bool) {
	heard := p.hears(from, p.origin)
	g := from.Network.Gateway
	if g != nil && len(g.Members) > 1 && g.Addr == to {
		for _, m := range g.Members {
			i := m.Interface(from.Network)
			if p.holds[from.Network.ID+"@"+m.ID] && (i == from || heard[i]) {
				return p.arrives(m, ttl-1)
			}
		}
		return false, false
	}
	for i := range heard {
		if i.Addr.Addr() == to {
			return p.arrives(i.Node, ttl-1)
		}
	}
	return false, false
}

// TestWaysAgainstBruteForce harms plants at random and compares every way between any two nodes with the oracle's.
func TestWaysAgainstBruteForce(t *testing.T) {
	for _, plant := range []string{"two-core", "tagged-core", "leaf-spine:spines=2,leaves=3,hosts=1", "fat-tree:k=4", "two-tier", "star"} {
		t.Run(plant, func(t *testing.T) {
			answers := map[answer]int{}
			for seed := range uint64(6) {
				l := newLab(t, plant, seed, Options{})
				o := newOracle(l)
				for range 12 {
					levels := l.randomLevels()
					o.set(levels)
					require.NoError(t, l.Set(0, levels...))
					if until := l.loop.Next(); until != sim.Never {
						require.NoError(t, l.loop.Run(context.Background(), until, func() bool { return false }))
					}
					o.look(l)
					o.compare(t, l, answers)
				}
			}
			require.Greater(t, answers[no], 20, "too few broken ways to tell anything")
			require.Greater(t, answers[yes], 20, "too few whole ways to tell anything")
		})
	}
}

// compare takes a hundred ways between any two nodes.
func (o *oracle) compare(t *testing.T, l *lab, answers map[answer]int) {
	t.Helper()
	for range 100 {
		f := sim.Flow{From: o.plant.Nodes[l.r.IntN(len(o.plant.Nodes))], To: o.plant.Nodes[l.r.IntN(len(o.plant.Nodes))]}
		if f.From == f.To {
			continue
		}
		for _, p := range l.pairs(f) {
			for _, trip := range []trip{p.there, p.back} {
				l.walks++
				k := walk{World: l.World}
				got := k.take(trip)
				some, all := packet{o, trip.from, trip.to.node, trip.address()}.arrives(trip.from, 12)
				require.Equal(t, [2]bool{some, all}, [2]bool{got != no, got == yes}, "from %s to %s", trip.from.ID, trip.to.node.ID)
				answers[got]++
			}
		}
	}
}

func (t trip) address() netip.Addr {
	if t.to.tap == nil {
		return t.to.node.Loopback
	}
	return t.to.tap.Addr.Addr()
}
