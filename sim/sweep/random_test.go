package sweep

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// dice make random small plants: two networks over some switches that share feeds, conduits, optics and groups.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 5))} }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func pickOne[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// plant is the text of a topology file. Not every one is a plant: some have ports that fit nowhere.
func (d dice) plant() string {
	var b strings.Builder
	switches := 1 + d.IntN(3)
	routed := d.chance(25)
	b.WriteString("name: random\n")
	if routed {
		b.WriteString("fabric: routed\n")
	}
	d.networks(&b, switches, routed)
	b.WriteString("topology:\n  nodes:\n")
	for i := 1; i <= switches; i++ {
		fmt.Fprintf(&b, "    sw%d: {kind: switch, stp: true%s%s}\n", i, d.feeds(), d.uplinks(i, routed))
	}
	if d.chance(70) || !routed {
		d.router(&b, "r1", switches)
	}
	if d.chance(30) {
		d.router(&b, "r2", switches)
	}
	for i := 1; i <= 2+d.IntN(2); i++ {
		d.host(&b, i, switches, routed)
	}
	d.links(&b, switches)
	d.groups(&b, switches)
	return b.String()
}

func (d dice) networks(b *strings.Builder, switches int, routed bool) {
	gateway := func() string {
		switch {
		case routed:
			return "sw1"
		case d.chance(40) && switches > 1:
			return "pair"
		}
		return pickOne(d, "sw1", "r1")
	}
	fmt.Fprintf(b, "networks:\n  one: {subnet: 10.0.1.0/24, gateway: %s}\n", gateway())
	if d.chance(70) {
		fmt.Fprintf(b, "  two: {subnet: 10.0.2.0/24, gateway: %s}\n", gateway())
	} else {
		b.WriteString("  two: {subnet: 10.0.2.0/24}\n")
	}
	b.WriteString("  three: {subnet: 10.0.3.0/24}\n")
}

func (d dice) feeds() string {
	return pickOne(d, "", "", "", "", ", feeds: [a]", ", feeds: [b]", ", feeds: [a, b]", ", feeds: [b, c]", ", feeds: [a, b, c]")
}

func (d dice) cable() string {
	return pickOne(d, "", "", ", optic: SR", ", conduit: duct", ", conduit: duct2", ", optic: SR, conduit: duct")
}

// uplinks are ports of a switch to those before it, sometimes a bond.
func (d dice) uplinks(i int, routed bool) string {
	switch {
	case i == 3 && d.chance(50) && !routed:
		return fmt.Sprintf(", ports: {u1: {to: sw1%s}, u2: {to: sw2%s}}, bonds: {up: {members: [u1, u2]}}", d.cable(), d.cable())
	case i > 1 && d.chance(85):
		return fmt.Sprintf(", ports: {u1: {to: sw%d%s}}", 1+d.IntN(i-1), d.cable())
	}
	return ""
}

// router is on a network of its own with the switches' gateway, or on that of the hosts, where it need not be the gateway.
func (d dice) router(b *strings.Builder, id string, switches int) {
	on := pickOne(d, "", "", ", networks: [one]", ", networks: [one, two]")
	fmt.Fprintf(b, "    %s: {kind: router%s, ports: {in1: {to: sw%d%s%s}", id, d.feeds(), 1+d.IntN(switches), on, d.cable())
	bond := ""
	if d.chance(40) {
		fmt.Fprintf(b, ", in2: {to: sw%d%s%s}", 1+d.IntN(switches), on, d.cable())
		bond = pickOne(d, "", ", bonds: {in: {members: [in1, in2]}}", ", bonds: {in: {members: [in1, in2], mode: lacp}}")
	}
	if d.chance(60) {
		fmt.Fprintf(b, ", wan: {to: isp%s}", d.cable())
	}
	b.WriteString("}" + bond + "}\n")
}

// host has one port, a bond of two, or a port on each network.
func (d dice) host(b *strings.Builder, i, switches int, routed bool) {
	sw := func() int { return 1 + d.IntN(switches) }
	first, second, bond := pickOne(d, "one", "one", "two", "one, two"), "", ""
	switch {
	case d.chance(30) && !routed:
		second, bond = first, ", bonds: {team: {members: [e0, e1]}}"
	case d.chance(60):
		first, second = "one", "two"
	}
	fmt.Fprintf(b, "    h%d: {kind: %s%s, ports: {e0: {to: sw%d, networks: [%s]%s}", i, pickOne(d, "host", "host", "storage"), d.feeds(), sw(), first, d.cable())
	if second != "" {
		fmt.Fprintf(b, ", e1: {to: sw%d, networks: [%s]%s}", sw(), second, d.cable())
	}
	b.WriteString("}" + bond + "}\n")
	if i == 1 {
		b.WriteString("    isp: {kind: external}\n")
	}
}

func (d dice) links(b *strings.Builder, switches int) {
	b.WriteString("  links:\n    spare: {endpoints: [h1, h2], networks: [three]}\n")
	if switches > 1 && d.chance(60) {
		fmt.Fprintf(b, "    x12: {endpoints: [sw1, sw2]%s}\n", d.cable())
	}
	if switches > 2 && d.chance(30) {
		fmt.Fprintf(b, "    x23: {endpoints: [sw2, sw3]%s}\n", d.cable())
	}
}

func (d dice) groups(b *strings.Builder, switches int) {
	b.WriteString("groups:\n  hosts: {members: [h1], shares: [rack]}\n")
	if switches > 1 {
		fmt.Fprintf(b, "  pair: {redundant: [sw1, sw2]%s}\n", pickOne(d, "", "", ", shares: [firmware]"))
	}
	if d.chance(50) {
		fmt.Fprintf(b, "  mix: {members: [sw%d, %s], shares: [rack]}\n", 1+d.IntN(switches), pickOne(d, "h2", "spare", "r1"))
	}
}

// flow is a random flow; not every one has a path.
func (d dice) flow(p *topology.Plant) sim.Flow {
	var ends []*topology.Node
	for _, n := range p.Nodes {
		if n.Kind != topology.Switch || len(n.Interfaces) > 0 {
			ends = append(ends, n)
		}
	}
	f := sim.Flow{From: pickOne(d, ends...), To: pickOne(d, ends...)}
	for f.To == f.From {
		f.To = pickOne(d, ends...)
	}
	if d.chance(35) {
		for _, n := range p.Networks {
			if f.From.Interface(n) != nil && f.To.Interface(n) != nil {
				f.Networks = append(f.Networks, n)
			}
		}
	}
	return f
}

// talk is a conversation of which only the flow matters.
type talk struct{ flow sim.Flow }

func (t talk) Flow() sim.Flow                                                 { return t.flow }
func (t talk) Predict(sim.Viewer) sim.Machine                                 { return nil }
func (t talk) Measure(context.Context, sim.Place, sim.Place, sim.Meter) error { return nil }

// use is a workload with these flows.
func use(id string, flows ...sim.Flow) *sim.Use {
	u := &sim.Use{ID: id, Kind: "reach", Workload: nothing{}}
	for i, f := range flows {
		u.Members = append(u.Members, &sim.Member{Workload: u, Index: i, Talk: talk{f}})
	}
	return u
}

type nothing struct{}

func (nothing) Talks(*topology.Plant) ([]sim.Talk, error) { return nil, nil }
func (nothing) Tolerates() time.Duration                  { return 0 }

// randomPlant makes plants until one is right.
func randomPlant(t testing.TB, d dice) *topology.Plant {
	t.Helper()
	for range 100 {
		if p, err := topology.Parse("random.yaml", []byte(d.plant())); err == nil {
			return p
		}
	}
	require.Fail(t, "none of a hundred random plants is right")
	return nil
}
