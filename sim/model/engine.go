package model

import (
	"context"
	"fmt"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Engine makes worlds that predict.
type Engine struct{}

// Name is "model".
func (Engine) Name() string { return "model" }

// Clock makes a virtual clock.
func (Engine) Clock() sim.RunClock { return sim.NewVirtualClock() }

// Open makes a world that writes what it predicts into the run's log.
func (Engine) Open(_ context.Context, _ sim.RunClock, env sim.Env) (sim.World, error) {
	if why := Lawless(env.Plant); why != "" {
		return nil, fmt.Errorf("the model cannot say what becomes of this plant: %s: %w", why, sim.ErrUnsupported)
	}
	return New(env, Options{Log: env.Log})
}

// Replay plays a scenario in the model: it is what prediction.Explain and prediction.Predict ask.
func Replay(sc *sim.Scenario, phase float64) (*sim.Log, error) {
	return sim.Play(context.Background(), Engine{}, sc, sim.Options{Phase: phase})
}

// Options say who is told what a World works out. The zero value tells nobody.
type Options struct {
	// Log gets what bonds, gateways, routes and members do. Without it causes are handed on as they came: events of the
	// log of whoever calls Set.
	Log *sim.Log
	// OnControl is called with the Holder and Routes levels that follow from the control laws, a batch for each gateway
	// and for all routers of an instant. With every change of a gateway those who hold it are told again, last, so that
	// they announce themselves. The levels of the beginning are to be had from World.Controls.
	OnControl func(cause int, levels ...sim.Level)
	// OnServed is called when a member is served from now on, or no longer.
	OnServed func(m *sim.Member, served bool)
	// OnOdds is called when chance does something else than before to a member.
	OnOdds func(m *sim.Member, o sim.Odds)
}

// unsupported finds what the model has no law for: LACP with anything else than one bond of a switch, as hosts have it.
func unsupported(p *topology.Plant) error {
	for _, l := range p.Links {
		if l.Leaks() {
			return fmt.Errorf("native networks of %s that leak into one another, %s at %s and %s at %s: %w",
				l.ID, l.A.Native.ID, l.A.Node.ID, l.B.Native.ID, l.B.Node.ID, sim.ErrUnsupported)
		}
	}
	for _, n := range p.Nodes {
		for _, b := range n.Bonds {
			if b.Mode == topology.LACP && !sharesWithOne(b) {
				return fmt.Errorf("bond %s: mode %s towards anything but one bond, of a switch and a node that is none: %w", b, b.Mode, sim.ErrUnsupported)
			}
		}
	}
	return nil
}

// sharesWithOne says whether all members lead to one bond that shares its load too, and exactly one of the two is a
// switch's.
func sharesWithOne(b *topology.Bond) bool {
	var partner *topology.Bond
	for i, p := range b.Members {
		if far := p.Peer().Bond; far == nil || far.Mode != topology.LACP || i > 0 && far != partner {
			return false
		}
		partner = p.Peer().Bond
	}
	return partner != nil && (b.Node.Kind == topology.Switch) != (partner.Node.Kind == topology.Switch)
}

// capabilities lists what the model has.
func capabilities() []sim.Capability {
	return []sim.Capability{
		emulated("active-backup bonds", "the step machine of sim/proto, by the rules of Linux bonding"),
		emulated("virtual gateways", "the step machine of sim/proto, by RFC 9568"),
		emulated("routes", "shortest paths, with times for detection and convergence"),
	}
}

func emulated(name, why string) sim.Capability {
	return sim.Capability{Name: name, Status: sim.Emulated, Why: why}
}
