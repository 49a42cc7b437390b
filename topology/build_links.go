package topology

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// defaultSpeed of a link that says nothing: the commonest port of the last ten years.
const defaultSpeed = 10 * Gbps

// DefaultMTU is Ethernet's payload (IEEE 802.3 clause 3.2.7).
const DefaultMTU = 1500

// cable is a link as typed, wherever it was typed.
type cable struct {
	id       string
	named    bool
	ends     [2]yamlfile.Word
	networks []yamlfile.Word
	trunk    TrunkSpec
	layers   []CableSpec // what is said of it, the nearest first
	pos      Pos
}

// wire makes the links: those typed at ports in order of nodes, then those under links. Ports that any of them names
// are set aside first, so that numbering does not take them.
func (b *builder) wire() {
	byID := map[string]*draft{}
	for _, d := range b.nodes {
		byID[d.node.ID] = d
	}
	cables := append(b.portCables(), b.namedCables()...)
	for _, c := range cables {
		for _, end := range c.ends {
			node, port, _ := strings.Cut(end.Text, ":")
			if d := byID[node]; d != nil {
				d.wanted = true
				d.claimed[port] = true
			}
		}
	}
	for _, c := range cables {
		b.link(c, byID)
	}
	b.dropUnwired()
	for _, n := range b.plant.Nodes {
		sortPorts(n, len(declaredPorts(b.drafts[n].spec)))
	}
}

func (b *builder) portCables() []cable {
	var all []cable
	for _, d := range b.nodes {
		for _, p := range d.spec.Ports {
			if p.Value.To.Text == "" {
				continue
			}
			own := yamlfile.Word{Text: d.node.ID + ":" + p.Key, Pos: p.Pos}
			all = append(all, cable{
				id: own.Text, ends: [2]yamlfile.Word{own, p.Value.To}, networks: p.Value.Networks, trunk: p.Value.TrunkSpec,
				layers: []CableSpec{p.Value.CableSpec}, pos: p.Pos,
			})
		}
	}
	return all
}

func (b *builder) namedCables() []cable {
	var all []cable
	for _, l := range b.spec.Topology.Links {
		if l.Key != "" {
			b.checkID(l.Key, l.Pos)
		}
		if n := len(l.Value.Endpoints); n != 2 {
			b.ps.Add(l.Value.Pos, `endpoints: ["core1:Ethernet1/1", "hv1:eth0"]`, "a link has two endpoints, this one has %d", n)
			b.refused[l.Key] = true
			continue
		}
		c := cable{
			id: l.Key, named: l.Key != "", networks: l.Value.Networks, trunk: l.Value.TrunkSpec, layers: []CableSpec{l.Value.CableSpec}, pos: l.Pos,
			ends: [2]yamlfile.Word{l.Value.Endpoints[0], l.Value.Endpoints[1]},
		}
		all = append(all, c)
	}
	return all
}

// link joins two ports.
func (b *builder) link(c cable, byID map[string]*draft) {
	a, z := b.end(c.ends[0], byID), b.end(c.ends[1], byID)
	if a == nil || z == nil {
		b.refused[c.id] = true
		return
	}
	if a.node == z.node {
		b.ps.Add(c.ends[1].Pos, "", "both ends of the link are at %s", a.node.ID)
		return
	}
	pa, pz := b.portFor(a, c.ends[0]), b.portFor(z, c.ends[1])
	if pa == nil || pz == nil {
		return
	}
	l := &Link{Index: len(b.plant.Links), ID: c.id, A: pa, B: pz, Named: c.named, Pos: c.pos}
	if l.ID == "" {
		l.ID = pa.String()
	}
	pa.Link, pz.Link = l, l
	layers := append(c.layers, a.spec.Defaults.CableSpec, z.spec.Defaults.CableSpec, b.spec.Topology.Defaults.CableSpec)
	b.describe(l, layers)
	for _, w := range c.networks {
		b.told[l] = true
		if n := b.network(w); n != nil && !l.Carries(n) {
			l.Networks = append(l.Networks, n)
		}
	}
	b.trunks[l] = c.trunk
	b.plant.Links = append(b.plant.Links, l)
}

func (b *builder) end(w yamlfile.Word, byID map[string]*draft) *draft {
	node, _, _ := strings.Cut(w.Text, ":")
	d := byID[node]
	if d == nil {
		b.ps.Add(w.Pos, b.nodeHint(node), "no node %q", node)
	}
	return d
}

// nodeHint suggests a node; for the name of a family, one of its members.
func (b *builder) nodeHint(word string) string {
	for _, d := range b.nodes {
		if d.node.Family == word {
			return "it makes " + d.node.ID + " and so on: name one of them"
		}
	}
	ids := b.nodeIDs()
	for _, id := range ids {
		if port, ok := strings.CutPrefix(word, id); ok && len(port) > 1 && strings.Contains("-/._ ", port[:1]) && portNames.MatchString(port[1:]) {
			return "a port follows a colon: " + id + ":" + port[1:]
		}
	}
	return yamlfile.Suggest(word, ids)
}

// portFor finds or makes the port that an endpoint names: the next free one when it names none.
func (b *builder) portFor(d *draft, end yamlfile.Word) *Port {
	_, name, named := strings.Cut(end.Text, ":")
	if !named {
		return b.newPort(d, d.nextPort(), end.Pos)
	}
	p := d.byName[name]
	if p == nil {
		return b.newPort(d, name, end.Pos)
	}
	if p.Link != nil {
		b.ps.Add(end.Pos, "", "port %s is used twice, first by link %s (%s)", p, p.Link.ID, p.Link.Pos)
		return nil
	}
	return p
}

// portStyles are how vendors number ports, by kind of node.
var portStyles = map[NodeKind]struct {
	prefix string
	from   int
}{
	Switch: {"Ethernet1/", 1}, Router: {"Ethernet1/", 1}, Host: {"eth", 0}, Storage: {"e", 0}, External: {"eth", 0},
}

// nextPort is the lowest name of the vendor's kind that nobody took or will take.
func (d *draft) nextPort() string {
	style := portStyles[d.node.Kind]
	for d.free = max(d.free, style.from); ; d.free++ {
		name := style.prefix + strconv.Itoa(d.free)
		if d.byName[name] == nil && !d.claimed[name] {
			return name
		}
	}
}

// describe fills in a link from what is said of it, the nearest word winning.
func (b *builder) describe(l *Link, layers []CableSpec) {
	l.Speed, l.FaultSignalling = defaultSpeed, true
	var optic Optic
	for _, s := range slices.Backward(layers) {
		set(&l.Speed, s.Speed)
		set(&l.MTU, s.MTU)
		if s.Conduit != nil {
			l.Conduit, l.ConduitPos = s.Conduit.Text, s.Conduit.Pos
		}
		set(&l.FaultSignalling, s.FaultSignalling)
		set(&optic.Model, s.Optic)
		set(&optic.Batch, s.Batch)
		s.ImpairmentSpec.Over(&l.Impairment)
	}
	if err := l.Impairment.Check(); err != nil {
		b.ps.Add(l.Pos, "", "link %s: %s", l.ID, err)
	}
	if l.MTU != 0 && (l.MTU < 68 || l.MTU > 65535) {
		b.ps.Add(l.Pos, "", "mtu of %s is %d, want 68 (RFC 791) to 65535", l.ID, l.MTU)
	}
	if optic.Model != "" && optic.Model != "none" {
		l.A.Optic, l.B.Optic = &Optic{optic.Model, optic.Batch}, &Optic{optic.Model, optic.Batch}
	}
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// dropUnwired leaves out ports without a cable: nothing can happen to them.
func (b *builder) dropUnwired() {
	for _, d := range b.nodes {
		var wired []*Port
		for _, p := range d.node.Ports {
			if p.Link != nil {
				wired = append(wired, p)
			}
		}
		if left := len(d.node.Ports) - len(wired); left > 0 && len(b.ps) == 0 {
			b.note("%s: %d of %d ports have no cable and are left out", d.node.ID, left, len(d.node.Ports))
		}
		d.node.Ports = wired
		if d.node.Array != nil {
			d.node.Array.assignControllers(wired)
		}
	}
}

// sortPorts puts numbered far ports in the order of their numbers, after those typed at the node, and derives what
// follows from a port's place.
func sortPorts(n *Node, typed int) {
	if typed == 0 {
		slices.SortStableFunc(n.Ports, func(a, b *Port) int { return naturally(a.Name, b.Name) })
	}
	for i, p := range n.Ports {
		p.Index = i
		p.MAC = HardwareID{2, byte(n.Index >> 8), byte(n.Index), 0, byte(i >> 8), byte(i)}
	}
}

// naturally compares names so that Ethernet1/2 comes before Ethernet1/10.
func naturally(a, b string) int {
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
