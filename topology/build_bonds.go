package topology

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// defaultMiimon is what nearly every distribution's example and installer uses (Linux bonding.rst recommends 100).
const defaultMiimon = 100 * time.Millisecond

func (b *builder) bonds() {
	for _, d := range b.nodes {
		for _, s := range d.spec.Bonds {
			b.bond(d, s)
		}
	}
}

func (b *builder) bond(d *draft, item yamlfile.Item[BondSpec]) {
	s := item.Value
	bond := &Bond{
		Node: d.node, Index: len(d.node.Bonds), Name: item.Key, Mode: s.Mode, Miimon: defaultMiimon,
		Updelay: s.Updelay, Downdelay: s.Downdelay, Reselect: s.Reselect, Rate: s.Rate, Pos: item.Pos,
	}
	b.checkID(item.Key, item.Pos)
	if d.byName[item.Key] != nil {
		b.ps.Add(item.Pos, "", "%s has a port and a bond called %q", d.node.ID, item.Key)
	}
	switch bond.Mode {
	case "":
		bond.Mode = ActiveBackup
	case "lacp":
		bond.Mode = LACP
	}
	if bond.Reselect == "" {
		bond.Reselect = ReselectAlways
	}
	if bond.Rate == "" {
		bond.Rate = SlowLACP
	}
	if set(&bond.Miimon, s.Miimon); bond.Miimon < time.Millisecond {
		b.ps.Add(s.Pos, "without it a bond never looks at its members", "miimon of %s is %s", bond, bond.Miimon)
	}
	b.members(d, bond, s)
	d.node.Bonds = append(d.node.Bonds, bond)
}

// members finds a bond's ports. A member without a cable is left out, as its port is.
func (b *builder) members(d *draft, bond *Bond, s BondSpec) {
	for _, w := range s.Members {
		p := d.byName[w.Text]
		switch {
		case p == nil:
			b.unknown("port", yamlfile.Word{Text: w.Text, Pos: w.Pos}, portNamesOf(d.node))
		case p.Bond != nil:
			b.ps.Add(w.Pos, "", "port %s is a member twice, first of bond %s", p, p.Bond.Name)
		case p.Link == nil:
			b.note("%s is not a member of bond %s: it has no cable", p, bond.Name)
		default:
			p.Bond = bond
			bond.Members = append(bond.Members, p)
		}
	}
	if s.Primary.Text == "" {
		return
	}
	i := slices.IndexFunc(bond.Members, func(p *Port) bool { return p.Name == s.Primary.Text })
	if i < 0 {
		b.ps.Add(s.Primary.Pos, yamlfile.Suggest(s.Primary.Text, yamlfile.Texts(s.Members)), "the primary %q is no member of bond %s", s.Primary.Text, bond)
		return
	}
	bond.Primary = bond.Members[i]
}

func portNamesOf(n *Node) []string {
	var list []string
	for _, p := range n.Ports {
		list = append(list, p.Name)
	}
	return list
}

// sameNetworks complains of bonds whose members carry different networks: a failover would lose some.
func (b *builder) sameNetworks(bond *Bond) {
	for _, p := range bond.Members[min(1, len(bond.Members)):] {
		first := bond.Members[0].Link
		if !slices.Equal(sorted(p.Link.Networks), sorted(first.Networks)) {
			b.ps.Add(p.Link.Pos, "give both the same networks", "the members of bond %s carry different networks: %s has %s, %s has %s",
				bond, bond.Members[0].Name, idsOf(first.Networks), p.Name, idsOf(p.Link.Networks))
		}
	}
	if len(bond.Members) == 0 && len(b.ps) == 0 {
		b.ps.Add(bond.Pos, "", "bond %s has no member with a cable", bond)
	}
}

func sorted(list []*Network) []*Network {
	return slices.SortedFunc(slices.Values(list), func(a, b *Network) int { return a.Index - b.Index })
}

// idsOf lists networks for people.
func idsOf(list []*Network) string {
	if len(list) == 0 {
		return "none"
	}
	s := ""
	for i, n := range list {
		if i > 0 {
			s += ", "
		}
		s += n.ID
	}
	return s
}
