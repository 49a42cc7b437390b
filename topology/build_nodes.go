package topology

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// MaxNodes bounds what counts may make: twice the largest plant of the benchmarks.
const MaxNodes = 200000

// ids are names that need no quotes anywhere, and leave ":", "/", "[" and "," to ranges, ports and lists.
var (
	ids       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`)
	portNames = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$`)
)

func (b *builder) checkID(id string, at Pos) {
	if !ids.MatchString(id) {
		b.ps.Add(at, "names are letters, digits, dot, dash and underscore", "%q cannot be a name", id)
	}
}

// expandNodes makes the nodes, count of each.
func (b *builder) expandNodes() {
	seen := map[string]Pos{}
	for _, item := range b.spec.Topology.Nodes {
		b.checkID(item.Key, item.Pos)
		for _, id := range b.expandIDs(item) {
			if first, twice := seen[id]; twice {
				b.ps.Add(item.Pos, "first at "+first.String(), "node %q is here twice", id)
				continue
			}
			seen[id] = item.Pos
			b.newNode(id, item)
		}
	}
}

func (b *builder) expandIDs(item yamlfile.Item[NodeSpec]) []string {
	count := item.Value.Count
	if count == nil {
		return []string{item.Key}
	}
	if *count < 1 || *count > MaxNodes || len(b.plant.Nodes)+*count > MaxNodes {
		b.ps.Add(item.Value.Pos, "", "count of %s is %d, want 1 to %d nodes in all", item.Key, *count, MaxNodes)
		return nil
	}
	list := make([]string, *count)
	for i := range list {
		list[i] = item.Key + strconv.Itoa(i+1)
	}
	return list
}

func (b *builder) newNode(id string, item yamlfile.Item[NodeSpec]) {
	s := &item.Value
	n := &Node{
		Index: len(b.plant.Nodes), ID: id, Family: item.Key, Kind: s.Kind, Model: s.Model, Feeds: s.Feeds,
		Boot: b.bootOf(s), Domain: s.Domain, STP: b.stpOf(s.STP), Pos: item.Pos,
	}
	n.Daemons = b.daemonsOf(s)
	fabric := b.spec.Fabric
	if s.Fabric != "" {
		fabric = s.Fabric
	}
	n.Routed = n.Kind == Switch && fabric == "routed"
	d := &draft{node: n, spec: s, pos: item.Pos, byName: map[string]*Port{}, claimed: map[string]bool{}}
	b.plant.Nodes = append(b.plant.Nodes, n)
	b.nodes = append(b.nodes, d)
	b.drafts[n] = d
	if n.Kind == Storage {
		b.array(n, s)
	}
	for _, p := range declaredPorts(s) {
		b.newPort(d, p.Key, p.Pos)
	}
}

// declaredPorts lists the ports typed at a node: its own, then those of its controllers. One typed as both is the same:
// ports: {a/e0: core1} says where the cable goes, controllers: {a: {ports: [e0]}} whose it is.
func declaredPorts(s *NodeSpec) []yamlfile.Item[PortSpec] {
	all := append([]yamlfile.Item[PortSpec](nil), s.Ports...)
	own := s.Ports.Keys()
	for _, c := range s.Controllers {
		for _, p := range c.Value.Ports {
			if key := c.Key + "/" + p.Text; !slices.Contains(own, key) {
				all = append(all, yamlfile.Item[PortSpec]{Key: key, Pos: p.Pos})
			}
		}
	}
	return all
}

// bootOf is a node's boot profile: its own, its defaults', and for what switches the plant's.
func (b *builder) bootOf(s *NodeSpec) Boot {
	choice := s.Boot
	if choice == nil {
		choice = s.Defaults.Boot
	}
	forwards := s.Kind == Switch || s.Kind == Router
	if choice == nil && forwards {
		choice = b.spec.Topology.Defaults.Boot
	}
	switch {
	case choice != nil:
		return choice.boot(&b.ps)
	case forwards:
		boot, _ := bootProfile("core-6m")
		return boot
	case s.Kind == External:
		return Boot{Name: "instant"}
	}
	boot, _ := bootProfile("server-4m")
	return boot
}

// newPort makes a port; nil when the name is taken or none.
func (b *builder) newPort(d *draft, name string, at Pos) *Port {
	if !portNames.MatchString(name) {
		b.ps.Add(at, "ports are named as their vendor does: Ethernet1/49, vmnic0", "%q cannot be the name of a port", name)
		return nil
	}
	if d.byName[name] != nil {
		b.ps.Add(at, "", "port %s:%s is here twice", d.node.ID, name)
		return nil
	}
	p := &Port{Node: d.node, Name: name}
	d.byName[name] = p
	d.node.Ports = append(d.node.Ports, p)
	return p
}

func (b *builder) nodeIDs() []string {
	list := make([]string, 0, len(b.nodes))
	for _, d := range b.nodes {
		list = append(list, d.node.ID)
	}
	return list
}
