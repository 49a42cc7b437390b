package topology

import (
	"slices"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// noNative is the word for a trunk on which all frames bear tags.
const noNative = "none"

// vlans works out which frames bear tags at each end of each link, and what the ends let through. Links of which no
// network has a VLAN ID bear no tags at all: each network is a wire of its own.
func (b *builder) vlans() {
	b.checkVLANs()
	for _, l := range b.plant.Links {
		b.numberTransits(l)
	}
	for _, l := range b.plant.Links {
		spec := b.trunks[l]
		if !slices.ContainsFunc(l.Networks, (*Network).numbered) {
			b.untagged(l, spec)
			continue
		}
		b.defaultNative(l)
		b.native(l, spec.Native)
		for _, end := range spec.Allowed {
			b.allowed(l, end)
		}
		b.checkTags(l)
	}
}

func (n *Network) numbered() bool { return n.VLAN != 0 }

// checkVLANs refuses one ID for two networks: switches would take them for one.
func (b *builder) checkVLANs() {
	first := map[int]*Network{}
	for _, n := range b.plant.Networks {
		other := first[n.VLAN]
		switch {
		case !n.numbered():
		case other == nil:
			first[n.VLAN] = n
		default:
			b.ps.Add(b.spec.Networks.Lookup(n.ID).VLAN.Pos, "give one of them another, or make them one network",
				"VLAN %d of %s is that of %s already", n.VLAN, n.ID, other.ID)
		}
	}
}

// numberTransits gives networks that nobody declared an ID where they share a link with networks that have one: from the
// top, where the file's own are rarely found.
func (b *builder) numberTransits(l *Link) {
	if !slices.ContainsFunc(l.Networks, (*Network).numbered) {
		return
	}
	for _, n := range l.Networks {
		if n.Transit && !n.numbered() {
			n.VLAN = b.freeVLAN()
		}
	}
}

func (b *builder) freeVLAN() int {
	id := MaxVLAN
	for slices.ContainsFunc(b.plant.Networks, func(n *Network) bool { return n.VLAN == id }) {
		id--
	}
	return id
}

// untagged complains of words about tags at a link that has none.
func (b *builder) untagged(l *Link, spec TrunkSpec) {
	words := slices.Clone(spec.Native.Ends)
	if spec.Native.Both.Text != "" {
		words = append(words, yamlfile.Item[yamlfile.Word]{Pos: spec.Native.Both.Pos})
	}
	for _, end := range spec.Allowed {
		words = append(words, yamlfile.Item[yamlfile.Word]{Pos: end.Pos})
	}
	for _, w := range words {
		b.ps.Add(w.Pos, "give them one on top: networks: {"+firstOf(l.Networks)+": {vlan: 20}}", "no network of %s has a VLAN ID, so that its frames bear no tags", l.ID)
	}
}

func firstOf(list []*Network) string {
	if len(list) == 0 {
		return "lan"
	}
	return list[0].ID
}

// defaultNative makes a link of one network an access link, and the one network without an ID of a trunk its native one.
func (b *builder) defaultNative(l *Link) {
	native := l.Networks[0]
	if len(l.Networks) > 1 {
		native = nil
		for _, n := range l.Networks {
			if !n.numbered() {
				native = n
			}
		}
	}
	l.A.Native, l.B.Native = native, native
}

// native reads what the file says of it.
func (b *builder) native(l *Link, spec NativeSpec) {
	if spec.Both.Text != "" {
		n := b.nativeOf(l, spec.Both)
		l.A.Native, l.B.Native = n, n
	}
	for _, end := range spec.Ends {
		if p := b.endOf(l, end.Key, end.Pos); p != nil {
			p.Native = b.nativeOf(l, end.Value)
		}
	}
}

// nativeOf is the network that a word names; nil for none.
func (b *builder) nativeOf(l *Link, w yamlfile.Word) *Network {
	if w.Text == noNative && b.declared(noNative) == nil {
		return nil
	}
	return b.carried(l, w)
}

// carried finds a network of a link; nil after a complaint.
func (b *builder) carried(l *Link, w yamlfile.Word) *Network {
	n := b.network(w)
	if n != nil && !l.Carries(n) {
		b.ps.Add(w.Pos, "it carries "+idsOf(l.Networks), "%s does not carry %s", l.ID, n.ID)
		return nil
	}
	return n
}

// endOf is the end of a link that a word names: a node, its family, or node:port.
func (b *builder) endOf(l *Link, word string, at Pos) *Port {
	for _, p := range l.Ends() {
		if word == p.Node.ID || word == p.Node.Family || word == p.String() {
			return p
		}
	}
	b.ps.Add(at, yamlfile.Suggest(word, []string{l.A.Node.ID, l.B.Node.ID}), "%s does not end at %q: it joins %s and %s", l.ID, word, l.A, l.B)
	return nil
}

// allowed reads what one end lets through. Networks that nobody declared cannot be named, and pass.
func (b *builder) allowed(l *Link, end yamlfile.Item[[]yamlfile.Word]) {
	p := b.endOf(l, end.Key, end.Pos)
	if p == nil {
		return
	}
	var named []*Network
	for _, w := range end.Value {
		if n := b.carried(l, w); n != nil {
			named = append(named, n)
		}
	}
	for _, n := range l.Networks {
		switch {
		case n.Transit || slices.Contains(named, n):
		case !p.Switched(n):
			b.ps.Add(end.Pos, "say it of "+p.Peer().Node.ID+", or leave "+n.ID+" out of its networks", "%s is no port of a switch, and lets all through", p)
			return
		default:
			p.Lacks = append(p.Lacks, n)
		}
	}
}

// checkTags complains of networks that could not be told apart on a link.
func (b *builder) checkTags(l *Link) {
	for _, p := range l.Ends() {
		for _, n := range l.Networks {
			if n.numbered() || n == p.Native {
				continue
			}
			b.ps.Add(b.placeOf(n), "give it one: vlan: 20", "%s carries %s with others that have VLAN IDs, and %s has none", l.ID, n.ID, n.ID)
			return
		}
	}
}
