package kernel

import (
	"fmt"
	"slices"

	"golang.org/x/sys/unix"
)

// brFDBFlush has a bridge forget all it has learnt (linux/if_link.h, IFLA_BR_FDB_FLUSH).
const brFDBFlush = 21

// neighbour is an address that a node has found, as the kernel speaks of it.
type neighbour struct{ header, address []byte }

// forget drops what has aged out in every node: neighbours, and what bridges have learnt.
func (c *condition) forget(bridges bool) error {
	for _, n := range c.nodes {
		ns := c.netns(n.node)
		found, err := ns.neighbours()
		if err != nil {
			return err
		}
		b := ns.route.batch()
		b.forgive = unix.ENOENT // it went by itself
		for _, x := range found {
			b.dropNeighbour(x)
		}
		for _, d := range n.bridges {
			if bridges {
				b.flushBridge(d)
			}
		}
		if err := b.send(); err != nil {
			return fmt.Errorf("forget what has aged out in %s: %w", n.node.ID, err)
		}
	}
	return nil
}

func (b *batch) flushBridge(d *device) {
	b.add("flush "+d.alias, unix.RTM_NEWLINK, 0, func() {
		b.linkHeader(d.index, 0, 0)
		b.nest(unix.IFLA_LINKINFO, func() {
			b.text(unix.IFLA_INFO_KIND, "bridge")
			b.nest(unix.IFLA_INFO_DATA, func() { b.bytes(brFDBFlush, nil) })
		})
	})
}

func (b *batch) dropNeighbour(x neighbour) {
	b.add("forget a neighbour", unix.RTM_DELNEIGH, 0, func() {
		b.raw(x.header...)
		b.bytes(unix.NDA_DST, x.address)
	})
}

// neighbours lists what the namespace has found by itself.
func (n *netns) neighbours() ([]neighbour, error) {
	var found []neighbour
	write := func(m *message) { m.raw(make([]byte, unix.SizeofNdMsg)...) }
	err := n.route.ask(unix.RTM_GETNEIGH, unix.NLM_F_DUMP, write, func(_ uint16, body []byte) {
		if len(body) < unix.SizeofNdMsg || nativeU16(body[8:])&(unix.NUD_PERMANENT|unix.NUD_NOARP) != 0 {
			return
		}
		found = append(found, neighbour{
			header:  slices.Clone(body[:unix.SizeofNdMsg]),
			address: slices.Clone(attributes(body[unix.SizeofNdMsg:])[unix.NDA_DST]),
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list neighbours of %s: %w", n.name, err)
	}
	return found, nil
}
