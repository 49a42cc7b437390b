package workload

import (
	"context"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Ping is the aspect of a machine that somebody outside sees who only pings it. It is not health.
const Ping = "ping"

// ping is who pings a machine from the first external node; nil where the plant has no outside.
func (v *VM) ping(p *topology.Plant, m *machine, member int) *ping {
	for _, n := range p.Nodes {
		if n.Kind == topology.External {
			flow := sim.Flow{From: n, To: m.store.Host, Networks: m.networks}
			return &ping{machine: m, member: member, flow: flow, rhythm: every(0, VMInterval)}
		}
	}
	return nil
}

// network is the one that a machine is reached by: none where that is left to routing.
func (v *VM) network(p *topology.Plant, host *topology.Node) ([]*topology.Network, error) {
	ends := Ends{Network: v.Network}
	networks, err := ends.networks(p)
	if err == nil {
		err = hasAddress(host, networks)
	}
	return networks, err
}

// ping asks a machine for an echo, by a datagram to a port that the host keeps for it: the machine has no address of its
// own, its host takes in what is for it. It answers while its guest's memory is alive, whatever its disk does.
type ping struct {
	machine *machine
	member  int
	flow    sim.Flow
	rhythm
}

// Flow is the way from outside to the host.
func (p *ping) Flow() sim.Flow { return p.flow }

// Watches names the machine.
func (p *ping) Watches() (member int, aspect string) { return p.member, Ping }

// Predict: an echo is answered while there is a way and the guest answers.
func (p *ping) Predict(v sim.Viewer) sim.Machine { return mirror{v} }

// Measure sends echoes from outside and answers them for the machine.
func (p *ping) Measure(ctx context.Context, from, to sim.Place, m sim.Meter) error {
	all, ctx := errgroup.WithContext(ctx)
	net := orRouted(p.flow.Networks)[0]
	e := echo{lane: newLane(from, nil, "udp"), far: newLane(to, net, "udp")}
	all.Go(func() error {
		return e.far.run(ctx, func(b []byte, from netip.AddrPort, at time.Duration) {
			if p.machine.live.answers() {
				e.answer(b, from, at)
			} else if n, ok := e.number(b); ok {
				m.Failed(n, at) // it has come to a machine that is off: nobody need wait for what will not come
			}
		})
	})
	all.Go(func() error {
		return e.lane.run(ctx, func(b []byte, _ netip.AddrPort, at time.Duration) {
			if n, ok := e.number(b); ok {
				m.Answered(n, at)
			}
		})
	})
	out := &asker{meter: m}
	askAbout(ctx, all, from, p.interval, p.machine.live, func(at time.Duration) { sendEcho([]echo{e}, out, at) })
	return ended(ctx, all.Wait())
}
