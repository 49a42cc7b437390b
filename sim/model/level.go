package model

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// setLevel makes one level true and marks what it touches.
func (w *World) setLevel(cause int, l sim.Level) error {
	switch l := l.(type) {
	case sim.Carrier:
		w.setCarrier(cause, l)
	case sim.Dark:
		w.dark[w.number(l.Port)] = l.On
		w.disturbLink(l.Port.Link, cause)
		w.stirTrees(l.Port, cause)
	case sim.Impaired:
		w.impair(l.Port, l.Impairment)
		w.disturbLink(l.Port.Link, cause)
		w.stirTrees(l.Port, cause)
	case sim.Allowed:
		w.lacks[lack{l.Port, l.Network}] = !l.On
		w.disturb(l.Network, cause)
		w.stirTrees(l.Port, cause)
	case sim.Stage:
		w.stage[l.Node.Index] = l.Stage
		switch l.Stage {
		case topology.Off:
			w.powerLost(l.Node, cause)
		case topology.Forwarding:
			w.serving(l.Node, cause)
		}
		w.treeServe(l.Node, cause)
		w.disturbNode(l.Node, cause)
		w.tellRouter(l.Node, cause)
	case sim.Refuse:
		w.setRefuse(l)
		w.disturbNode(l.At, cause)
		w.disturbNode(l.From, cause)
	case sim.Controller:
		w.setController(cause, l)
	case sim.Volume:
		w.setVolume(cause, l)
	case sim.Disks:
		w.setDisks(cause, l)
	case sim.GuestPower:
		w.setGuestPower(cause, l)
	default:
		return fmt.Errorf("set %T of %s: %w", l, l.Subject(), sim.ErrUnsupported)
	}
	return nil
}

// powerLost tells the members at a node that all its connections are gone.
func (w *World) powerLost(n *topology.Node, cause int) {
	for _, s := range w.storing {
		s.powerLost(n)
	}
	for _, m := range w.members {
		m.powerLost(n, cause)
	}
}

// serving tells the virtual machines of a host that it is in service again.
func (w *World) serving(n *topology.Node, cause int) {
	for _, m := range w.members {
		if guest, ok := m.machine.(sim.Guest); ok && m.member.Talk.Flow().From == n {
			m.cause = cause
			guest.Serving()
		}
	}
}

func (w *World) setGuestPower(cause int, l sim.GuestPower) {
	m := w.byMember[l.Guest]
	if guest, ok := m.machine.(sim.Guest); ok {
		m.cause = cause
		guest.Power(l)
	}
}

func (w *World) setCarrier(cause int, l sim.Carrier) {
	now := w.env.Loop.Now()
	w.carrier[w.number(l.Port)] = l.Up
	w.disturbLink(l.Port.Link, cause)
	w.treeLink(l, cause)
	if l.Port.Bond != nil {
		w.bondOf(l.Port.Bond).link(now, l, cause)
	}
}

func (w *World) setRefuse(l sim.Refuse) {
	if l.On {
		w.refused[refusal{l.At, l.From}] = true
	} else {
		delete(w.refused, refusal{l.At, l.From})
	}
}

// disturb marks a network of which something has changed.
func (w *World) disturb(n *topology.Network, cause int) {
	s := w.segments[n.Index]
	s.cause = max(s.cause, cause)
	s.forget()
	if !s.stale {
		s.stale = true
		w.stale = append(w.stale, s)
	}
	w.touched.mark(n.Index, cause)
}

func (w *World) disturbLink(l *topology.Link, cause int) {
	for _, n := range l.Networks {
		w.disturb(n, cause)
	}
}

// disturbNode marks a node and all networks that it has a part in.
func (w *World) disturbNode(n *topology.Node, cause int) {
	w.touched.mark(w.nodeKey(n), cause)
	for _, p := range n.Ports {
		w.disturbLink(p.Link, cause)
	}
	for _, i := range n.Interfaces {
		w.disturb(i.Network, cause)
	}
}

// tellStale tells the gateways and routers of every network that has changed who hears whom now.
func (w *World) tellStale(now time.Duration) {
	stale := w.stale
	w.stale = nil
	for _, s := range stale {
		cause := s.cause
		s.stale, s.cause = false, 0
		if s.gateway != nil {
			w.tellGateway(now, s.gateway, cause)
		}
		w.tellRouters(now, s, cause)
	}
}
