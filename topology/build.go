package topology

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// builder makes a Plant of a Spec and gathers every problem on the way. Its steps run in the order of build: each may
// rely on what those before it made, and none stops at a problem.
type builder struct {
	spec  *Spec
	plant *Plant
	ps    yamlfile.Problems

	nodes  []*draft
	drafts map[*Node]*draft
	// transits counts the addresses handed out for generated networks; taken are subnets of others in the same space.
	transits addressPool
	taken    []netip.Prefix
	// named are the networks by name, the first of several.
	named map[string]*Network
	// told are the links of which the file says what they carry.
	told map[*Link]bool
	// refused are links that could not be made, by name: what asks for one of them need not be told that it is not there.
	refused map[string]bool
	// trunks are what the file says of VLANs at links.
	trunks  map[*Link]TrunkSpec
	portsOn map[*Network][]*Port
	// firstSTP is what the first switch with a spanning tree says of it.
	firstSTP *STP
}

// draft is a node while it is built.
type draft struct {
	node    *Node
	spec    *NodeSpec
	pos     Pos
	free    int // the next number to try for a far port
	byName  map[string]*Port
	claimed map[string]bool // port names that links typed later will take
	wanted  bool            // some link, be it a wrong one, is to end here
}

// FromNode builds a plant from a YAML tree. The error is yamlfile.Problems and holds all of them.
func FromNode(n *yamlfile.Node) (*Plant, error) {
	b := &builder{spec: &Spec{}, plant: &Plant{}, drafts: map[*Node]*draft{}, told: map[*Link]bool{}, refused: map[string]bool{}, trunks: map[*Link]TrunkSpec{}, named: map[string]*Network{}}
	if n.Kind() == yamlfile.Null {
		b.ps.Add(n.Pos(), "want a plant (name, networks, topology...)", "this is empty")
		return nil, b.ps.Err()
	}
	if n.Kind() != yamlfile.Map {
		b.ps.Add(n.Pos(), "", "want a plant (name, networks, topology...), this is %s", n.Kind())
		return nil, b.ps.Err()
	}
	yamlfile.Decode(n, b.spec, &b.ps)
	if nodes := n.Lookup("topology").Lookup("nodes"); nodes != nil && len(b.spec.Topology.Nodes) == 0 {
		b.ps.Add(nodes.Pos(), "such as core1: {kind: switch}", "there are no nodes")
	}
	b.build()
	if err := fold(b.ps).Err(); err != nil {
		return nil, err
	}
	return b.plant, nil
}

func (b *builder) build() {
	b.plant.Name = b.spec.Name
	b.expandNodes()
	b.routing()
	b.declareNetworks()
	b.wire()
	b.bonds()
	b.plant.Index()
	b.groups()
	b.plant.Index()
	b.gateways()
	b.carry()
	b.indexPorts()
	b.address()
	b.vlans()
	b.datastores()
	b.workloads()
	b.check()
	b.plant.Index()
}

// fold keeps one of the problems that a place has for each of the nodes that its count makes.
func fold(ps yamlfile.Problems) yamlfile.Problems {
	type sense struct {
		at  Pos
		msg string
	}
	seen := map[sense]bool{}
	var kept yamlfile.Problems
	for _, p := range ps {
		s := sense{p.Pos, strings.Map(noDigit, p.Msg)}
		if !seen[s] {
			kept = append(kept, p)
		}
		seen[s] = true
	}
	return kept
}

func noDigit(r rune) rune {
	if r >= '0' && r <= '9' {
		return -1
	}
	return r
}

// unknown complains of a word that names nothing.
func (b *builder) unknown(what string, w yamlfile.Word, have []string) {
	b.ps.Add(w.Pos, yamlfile.Suggest(w.Text, have), "no %s %q", what, w.Text)
}

// note says how something that the file left open was filled in.
func (b *builder) note(format string, args ...any) {
	b.plant.Notes = append(b.plant.Notes, fmt.Sprintf(format, args...))
}

// workloads keeps the entries for the package that knows their kinds.
func (b *builder) workloads() {
	n := b.spec.Workloads
	if n.Kind() == yamlfile.Null {
		return
	}
	if n.Kind() != yamlfile.Map {
		b.ps.Add(n.Pos(), "", "want workloads keyed by name, this is %s", n.Kind())
		return
	}
	for _, e := range n.Entries() {
		kind := e.Value.Lookup("kind")
		if kind.Kind() != yamlfile.Scalar {
			b.ps.Add(e.KeyPos, "see dcdrill list workloads", "workload %q has no kind", e.Key)
			continue
		}
		b.checkID(e.Key, e.KeyPos)
		b.plant.Workloads = append(b.plant.Workloads, Entry{ID: e.Key, Kind: kind.Text(), Node: e.Value, Pos: e.KeyPos})
	}
}
