package model

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// gateway is a virtual gateway: several members, of which one answers.
type gateway struct {
	seg     *segment
	key     int // in the ledger
	conf    *topology.Gateway
	taps    []*topology.Interface // by member
	machine *proto.Gateway
	cause   int // of the latest change of its network
}

// addGateways finds the gateways that are virtual. A single node that is a gateway answers by itself.
func (w *World) addGateways() {
	for _, n := range w.env.Plant.Networks {
		if n.Gateway == nil || len(n.Gateway.Members) < 2 {
			continue
		}
		g := &gateway{seg: w.segments[n.Index], conf: n.Gateway, machine: proto.NewGateway(n.Gateway, w.env.Phase)}
		g.key = len(w.segments) + len(w.env.Plant.Nodes) + len(w.gateways)
		for _, m := range n.Gateway.Members {
			g.taps = append(g.taps, m.Interface(n))
		}
		g.seg.gateway = g
		w.gateways = append(w.gateways, g)
	}
}

// able says whether a member is in service on the network: it forwards, and its interface has a carrier.
func (g *gateway) able(i int) bool {
	return g.taps[i] != nil && g.seg.serves(g.conf.Members[i]) && g.seg.lit(g.taps[i])
}

func (g *gateway) hears(at, from int) bool {
	return g.seg.delivers(g.taps[from], g.taps[at], g.conf.Members[from])
}

func (g *gateway) holders() []bool {
	var holds []bool
	for i := range g.conf.Members {
		holds = append(holds, g.machine.Holds(i))
	}
	return holds
}

func (g *gateway) levels() []sim.Level {
	var levels []sim.Level
	for i, m := range g.conf.Members {
		levels = append(levels, sim.Holder{Network: g.seg.net, Node: m, On: g.machine.Holds(i)})
	}
	return levels
}

// tellGateway tells a gateway of a change on its network.
func (w *World) tellGateway(now time.Duration, g *gateway, cause int) {
	was := g.holders()
	g.cause = cause
	if g.machine.Set(now, g.able, g.hears) {
		w.handover(g, was)
	}
}

// stepGateways steps the gateways that are due.
func (w *World) stepGateways(now time.Duration) {
	for _, g := range w.gateways {
		if g.machine.Next() > now {
			continue
		}
		was := g.holders()
		if g.machine.Step(now, g.hears) {
			w.handover(g, was)
		}
	}
}

// handover says who holds a gateway now and who no longer does, and marks what that touches.
func (w *World) handover(g *gateway, was []bool) {
	var off, on []sim.Level
	seq := g.cause
	for i, m := range g.conf.Members {
		holds := g.machine.Holds(i)
		if holds != was[i] {
			seq = w.note(g.cause, m.ID, sim.HolderData{Network: g.seg.net.ID, On: holds, Why: g.machine.Why(i)})
		}
		switch level := (sim.Holder{Network: g.seg.net, Node: m, On: holds}); {
		case holds:
			on = append(on, level)
		case was[i]:
			off = append(off, level)
		}
	}
	// Those who hold on are told again: what listened to the other has to be told who answers now (RFC 9568, 6.4.3).
	w.control(seq, append(off, on...)...)
	w.touched.mark(g.key, seq)
}
