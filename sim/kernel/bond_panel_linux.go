package kernel

// makeBondPanel makes the patch panel of a node's emulated bonds and uses the first member of each.
func (f *fabric) makeBondPanel(n *nodeLayout) error {
	if len(n.bonds) == 0 {
		return nil
	}
	p := &patchPanel{ns: f.netns(n.node)}
	var cords []cord
	for _, b := range n.bonds {
		p.devices = append(p.devices, b.inner.name)
		for _, m := range b.members {
			if m != nil {
				p.devices = append(p.devices, m.name)
			}
		}
		cords = append(cords, b.cords(0)...)
	}
	f.bonded[n.node] = p
	return p.install(cords)
}

// cords join the inner end of a bond with its active member; none when there is none, or when it does not carry the
// network.
func (b *bondDevice) cords(active int) []cord {
	if active < 0 || b.members[active] == nil {
		return nil
	}
	return both(b.inner, b.members[active])
}
