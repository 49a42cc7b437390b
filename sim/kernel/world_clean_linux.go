package kernel

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// cleanTrees has bridges forget what they should have forgotten, once a hello, while a spanning tree changes. What a bridge
// learnt more than a forward delay ago does not hold any more then (IEEE 802.1D-1998, 7.9.2). Linux knows that, but looks
// through its table once in the ageing time only (net/bridge/br_fdb.c): a port that has just been blocked would be sent to
// for minutes, until senders give their neighbours up.
func (w *World) cleanTrees() {
	if w.cleaning || !w.shadow.Growing() {
		return
	}
	w.cleaning = true
	w.env.Loop.Quietly(w.env.Loop.Now()+w.cond.hello(), func() {
		w.cleaning = false
		w.fail(w.cond.clean())
		w.cleanTrees()
	})
}

// hello is how often the plant's spanning trees speak: all alike.
func (c *condition) hello() time.Duration {
	for _, n := range c.plant.Nodes {
		if n.STP != nil {
			return n.STP.Hello
		}
	}
	return 0
}

// clean has every bridge with a spanning tree look through its table: being told its ageing time, it does so at once.
func (c *condition) clean() error {
	for _, n := range c.nodes {
		b := c.netns(n.node).route.batch()
		for _, d := range n.bridges {
			if d.tree != nil {
				b.lookThrough(d)
			}
		}
		if err := b.send(); err != nil {
			return fmt.Errorf("have bridges of %s forget: %w", n.node.ID, err)
		}
	}
	return nil
}

func (b *batch) lookThrough(d *device) {
	b.add("clean "+d.alias, unix.RTM_NEWLINK, 0, func() {
		b.linkHeader(d.index, 0, 0)
		b.nest(unix.IFLA_LINKINFO, func() {
			b.text(unix.IFLA_INFO_KIND, "bridge")
			b.nest(unix.IFLA_INFO_DATA, func() { b.u32(brAgeingTime, bridgeAgeing) })
		})
	})
}
