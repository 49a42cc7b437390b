package kernel

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// handle is what makes a carrier come and go: the device group to set up or down, and where.
type handle struct {
	ns    *netns
	group uint32
}

// handleOf finds the handle of a port's carrier. A wire has one for each end. A direct link has one for both, at a port
// that is switched: a port with addresses of its own would lose its routes, and one of a bond is only watched.
func (f *fabric) handleOf(p *topology.Port) handle {
	lanes := f.byLink[p.Link]
	if len(lanes) > 0 && lanes[0].wire[0] != nil {
		return handle{f.wire, wireGroup(p.Link, side(p))}
	}
	at := actingPort(p.Link)
	return handle{f.netns(at.Node), portGroup(at)}
}

// lit says whether a port has a carrier by what was set: its own, and over a direct link its peer's too.
func (c *condition) lit(p *topology.Port) bool {
	return !c.down[p] && !c.heldDown(p, c.handleOf(p))
}

// setCarriers has ports lose or gain their carriers, each port's networks together, and says how long that took from
// the first to the last.
func (c *condition) setCarriers(ports map[*topology.Port]bool, up bool) (time.Duration, error) {
	batches, order := c.carrierBatches(ports, up)
	begun := time.Now()
	for _, n := range order {
		if err := batches[n].send(); err != nil {
			return 0, fmt.Errorf("in %s: %w", n.name, err)
		}
	}
	return time.Since(begun), nil
}

// carrierBatches writes one message for each handle, in order of links, so that runs are alike.
func (c *condition) carrierBatches(ports map[*topology.Port]bool, up bool) (map[*netns]*batch, []*netns) {
	batches := map[*netns]*batch{}
	var order []*netns
	done := map[handle]bool{}
	for _, l := range c.plant.Links {
		for _, p := range l.Ends() {
			if !ports[p] || len(l.Networks) == 0 {
				continue
			}
			h := c.handleOf(p)
			if done[h] || up && c.heldDown(p, h) {
				continue
			}
			done[h] = true
			if batches[h.ns] == nil {
				batches[h.ns] = h.ns.route.batch()
				order = append(order, h.ns)
			}
			batches[h.ns].groupUp("carrier of "+p.String(), h.group, up)
		}
	}
	return batches, order
}

// heldDown says whether the other end of a direct link still keeps it without carrier.
func (c *condition) heldDown(p *topology.Port, h handle) bool {
	peer := p.Peer()
	return c.down[peer] && c.handleOf(peer) == h
}
