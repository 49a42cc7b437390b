package sim

import (
	"github.com/dcdrill/dcdrill/topology"
)

// advance lets a device enter a stage and goes on with its boot from there:
// stages without a stay are passed at once.
//
//	self-test ─> os ─> ports-up ─> control-plane ─> peering ─> forwarding
//	no carrier         carrier, nothing forwarded    │         in service
//	                                                 └ in a pair: until the peer is found, or
//	                                                   for ever, or until auto-recovery
func (h *Hardware) advance(d *device, s topology.Stage, cause int, b *batch) {
	for s < topology.Peering && d.node.Boot.Stay(s) == 0 {
		s++
	}
	if s == topology.PortsUp || s == topology.ControlPlane || s == topology.Peering {
		d.held = h.pairOf(d.node) != nil
	}
	if s == topology.Peering && d.node.Boot.Stay(s) == 0 {
		h.peer(d, cause, b)
		return
	}
	h.enter(d, s, cause, "", b)
	d.cancel = h.env.Loop.After(d.node.Boot.Stay(s), func() { h.nextStage(d) })
}

// nextStage is called when a device's stay at its stage is over.
func (h *Hardware) nextStage(d *device) {
	var b batch
	cause := d.cause
	if d.stage == topology.Peering {
		h.peer(d, cause, &b)
	} else {
		h.advance(d, d.stage+1, cause, &b)
	}
	h.applySockets(cause, &b)
	h.tell(cause, b)
}

// peer is the end of peering: a node without a pair serves; one in a pair serves once it finds its peer.
func (h *Hardware) peer(d *device, cause int, b *batch) {
	pair := h.pairOf(d.node)
	if pair == nil {
		h.enter(d, topology.Forwarding, cause, "", b)
		return
	}
	if d.stage != topology.Peering {
		h.enter(d, topology.Peering, cause, "", b)
	}
	if h.meet(d, pair, cause, b) {
		return
	}
	d.seeking = true
	if pair.AutoRecovery > 0 {
		d.cancel = h.env.Loop.After(pair.AutoRecovery, func() { h.recoverAlone(d) })
	}
}

// meet puts a device in service if its peer can be heard, and the peer too if it was waiting for that.
func (h *Hardware) meet(d *device, pair *topology.Pair, cause int, b *batch) bool {
	other := h.peerOf(d, pair)
	if other == nil {
		return false
	}
	h.join(d, pair, cause, "found "+other.node.ID, b)
	if other.stage == topology.Peering {
		h.join(other, pair, cause, "found "+d.node.ID, b)
	}
	return true
}

// applyPairs lets those meet who have waited for each other: the peer link works again.
func (h *Hardware) applyPairs(cause int, b *batch) {
	for _, n := range h.env.Plant.Nodes {
		if d := h.devices[n]; d.seeking {
			h.meet(d, h.pairOf(n), cause, b)
		}
	}
}

// peerOf finds a member of the pair that can be heard over the peer link.
func (h *Hardware) peerOf(d *device, pair *topology.Pair) *device {
	for _, p := range pair.PeerLink.Ends() {
		other := h.devices[p.Node]
		if other != d && other.stage >= topology.Peering && h.cableWell(pair.PeerLink) {
			return other
		}
	}
	return nil
}

// cableWell says whether frames get through a link both ways, whatever the stages of its ends.
func (h *Hardware) cableWell(l *topology.Link) bool {
	c := h.cables[l]
	for _, p := range l.Ends() {
		if s := h.sockets[p]; s.dead() || s.dark > 0 || len(s.shut) > 0 {
			return false
		}
	}
	return len(c.pulls) == 0 && c.errDisabled == 0
}

// join puts a device of a pair in service; its host-facing ports follow after the delay.
func (h *Hardware) join(d *device, pair *topology.Pair, cause int, why string, b *batch) {
	h.enter(d, topology.Forwarding, cause, why, b)
	if pair.DelayRestore == 0 {
		d.held = false
		return
	}
	d.cancel = h.env.Loop.After(pair.DelayRestore, func() { h.unhold(d) })
}

// recoverAlone puts a device in service without its peer (auto-recovery).
func (h *Hardware) recoverAlone(d *device) {
	var b batch
	cause := d.cause
	d.held = false
	h.enter(d, topology.Forwarding, cause, "auto-recovery, peer not found", &b)
	h.applySockets(cause, &b)
	h.tell(cause, b)
}

func (h *Hardware) unhold(d *device) {
	var b batch
	d.held = false
	h.applySockets(d.cause, &b)
	h.tell(d.cause, b)
}

func (h *Hardware) pairOf(n *topology.Node) *topology.Pair { return h.pairs[n] }

// held says whether a port is kept without carrier while its switch looks for its peer; the peer link never is.
func (h *Hardware) held(p *topology.Port) bool {
	d := h.devices[p.Node]
	if !d.held {
		return false
	}
	pair := h.pairOf(p.Node)
	return pair != nil && pair.PeerLink != p.Link
}
