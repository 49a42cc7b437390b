package topology

import (
	"net/netip"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// madeUpSubnet is the one network of a plant that declares none (RFC 1918).
var madeUpSubnet = netip.MustParsePrefix("10.0.0.0/16")

func (b *builder) declareNetworks() {
	for _, item := range b.spec.Networks {
		b.checkID(item.Key, item.Pos)
		n := &Network{Index: len(b.plant.Networks), ID: item.Key, MTU: DefaultMTU, Pos: item.Pos}
		s := item.Value
		if s.MTU != 0 {
			n.MTU = s.MTU
		}
		if s.Subnet != nil {
			n.Subnet = s.Subnet.Prefix
		}
		if s.Subnet6 != nil {
			n.Subnet6 = s.Subnet6.Prefix
		}
		if s.VLAN != nil {
			n.VLAN = s.VLAN.ID
		}
		b.checkNetwork(n, s)
		b.takeIn(n)
	}
}

// takeIn adds a network to the plant.
func (b *builder) takeIn(n *Network) {
	b.plant.Networks = append(b.plant.Networks, n)
	if b.named[n.ID] == nil {
		b.named[n.ID] = n
	}
	if !n.Transit && n.Subnet.Overlaps(transitSpace) {
		b.taken = append(b.taken, n.Subnet)
	}
}

func (b *builder) checkNetwork(n *Network, s NetworkSpec) {
	switch {
	case !n.Subnet.IsValid(): // complained of before, as a missing or unreadable key
	case !n.Subnet.Addr().Is4():
		b.ps.Add(s.Pos, "subnet6 is the place for it", "subnet of %s is not IPv4", n.ID)
	default:
		b.checkOverlap(n)
	}
	if n.Subnet6.IsValid() && n.Subnet6.Addr().Is4() {
		b.ps.Add(s.Pos, "", "subnet6 of %s is not IPv6", n.ID)
	}
	if n.MTU < 68 || n.MTU > 65535 {
		b.ps.Add(s.Pos, "", "mtu of %s is %d, want 68 (RFC 791) to 65535", n.ID, n.MTU)
	}
}

func (b *builder) checkOverlap(n *Network) {
	for _, other := range b.plant.Networks {
		for _, pair := range [][2]netip.Prefix{{n.Subnet, other.Subnet}, {n.Subnet6, other.Subnet6}} {
			if pair[0].IsValid() && pair[1].IsValid() && pair[0].Overlaps(pair[1]) {
				b.ps.Add(n.Pos, "", "%s of %s overlaps %s of %s", pair[0], n.ID, pair[1], other.ID)
			}
		}
	}
}

// network finds a declared network; nil after a complaint.
func (b *builder) network(w yamlfile.Word) *Network {
	if n := b.declared(w.Text); n != nil {
		return n
	}
	var have []string
	for _, n := range b.plant.Networks {
		have = append(have, n.ID)
	}
	b.unknown("network", w, have)
	return nil
}

// addNetwork makes one that the file does not have.
func (b *builder) addNetwork(id string, subnet netip.Prefix, transit bool) *Network {
	n := &Network{Index: len(b.plant.Networks), ID: id, Subnet: subnet, MTU: DefaultMTU, Transit: transit}
	b.takeIn(n)
	return n
}
