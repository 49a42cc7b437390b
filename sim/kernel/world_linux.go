package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/topology"
)

// World is a plant of real packets. A model of the same plant runs beside it, its shadow: it decides what the control
// laws decide, who answers for a gateway and which routes stand, and it predicts for every member whether it is served,
// so that the clock knows when nothing more is to come.
//
//	levels ──> condition: carriers, bridges, guards ──> link events ──> bonds
//	   │                                                                  │
//	   └─────> shadow: gateway and route levels ──> condition             │
//	             └ predictions ──> settled? <── trackers <── real traffic ┘
type World struct {
	env    sim.Env
	clock  *Clock
	paces  *paces
	cond   *condition
	bonds  *bonds
	shadow *model.World
	places []*place // by Node.Index
	watch  *linkWatch
	pulse  *pulse // nil in a capsule, where no machine is late

	storage *storage
	daemons *daemons
	lives   []*life
	wake    wakeList

	cause    int                    // of the latest change
	causes   map[*topology.Port]int // of its carrier
	changed  time.Duration          // when something last changed
	deaf     time.Duration          // real time since which a bond has not heard of a carrier; 0: all have
	deafTo   string                 // what was written down of that
	cleaning bool                   // bridges are made to forget while a spanning tree changes
	err      error                  // what went wrong behind a method's back
	closed   bool
}

// Open builds the plant.
func (e Engine) Open(ctx context.Context, clock sim.RunClock, env sim.Env) (sim.World, error) {
	native, err := e.bonding(env.Plant)
	if err == nil {
		err = impairing(env.Impairs)
	}
	if err == nil {
		err = fits(env.Fills)
	}
	if err == nil {
		err = daemonsInstalled(env.Plant)
	}
	if err != nil {
		return nil, err
	}
	w := &World{env: env, clock: clock.(interface{ kernel() *Clock }).kernel(), causes: map[*topology.Port]int{}, changed: beforeZero}
	if w.paces, err = newPaces(w.clock); err != nil {
		return nil, fmt.Errorf("open kernel world: %w", err)
	}
	w.clock.realTime = w.clock.realTime || env.Plant.RunsDaemons() // nobody can hurry their timers
	if err := errors.Join(w.stand(native), ctx.Err()); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if w.daemons, err = startDaemons(w); err == nil {
		err = w.daemons.await(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.clock.Attach(w)
	return w, nil
}

// stand makes everything that the world consists of.
func (w *World) stand(native bool) error {
	fabric, err := build(w.env.Plant, native, hasTags(w.env.Plant, native))
	if err != nil {
		return err
	}
	w.cond = newCondition(fabric)
	w.cond.powered = func(n *topology.Node, s topology.Stage) {
		w.places[n.Index].enter(s)
		w.storage.enter(n, s)
	}
	for _, n := range w.env.Plant.Nodes {
		w.places = append(w.places, newPlace(n, fabric.netns(n), w.clock, w.paces))
	}
	if !w.clock.virtual && len(w.places) > 0 {
		if w.pulse, err = newPulse(w.places[0].room, w.clock, w.paces); err != nil {
			return err
		}
	}
	w.bonds = newBonds(w.cond, w.env.Loop, w.failover)
	if err := w.bonds.start(); err != nil {
		return err
	}
	if w.storage, err = newStorage(w); err != nil {
		return err
	}
	for _, p := range w.places {
		p.storage = w.storage
	}
	if err := w.listenToLinks(); err != nil {
		return err
	}
	w.shadow, err = model.New(sim.Env{Plant: w.env.Plant, Loop: w.env.Loop, Phase: sim.MiddlePhase}, model.Options{OnControl: w.control, OnOdds: w.expect})
	if err != nil {
		return err
	}
	return errors.Join(w.cond.setControl(w.shadow.Controls()), w.impairLinks(), w.cond.limitVLANs(), w.bonds.awaitLACP())
}

// impairLinks has links do to frames what they always do.
func (w *World) impairLinks() error {
	var levels []sim.Level
	for _, l := range w.env.Plant.Links {
		if l.Impairment != (topology.Impairment{}) {
			levels = append(levels, sim.Impaired{Port: l.A, Impairment: l.Impairment}, sim.Impaired{Port: l.B, Impairment: l.Impairment})
		}
	}
	_, err := w.cond.set(levels)
	return err
}

// listenToLinks has bonds and storage told what becomes of links.
func (w *World) listenToLinks() (err error) {
	var nses []*netns
	for _, n := range append(w.bonds.namespaces(), w.storage.hosts()...) {
		if !slices.Contains(nses, n) {
			nses = append(nses, n)
		}
	}
	if len(nses) == 0 {
		return nil
	}
	w.watch, err = watchLinks(nses, func(states []linkState) {
		w.env.Loop.Post(func() {
			w.bonds.see(states)
			w.storage.see(states)
		})
	})
	return err
}

// Capabilities lists what this kernel has.
func (w *World) Capabilities() []sim.Capability {
	all := w.daemons.capabilities(capabilities())
	if len(w.env.Impairs) > 0 {
		all = append(all, impairs())
	}
	if slices.ContainsFunc(w.env.Plant.Networks, func(n *topology.Network) bool { return n.VLAN != 0 }) {
		all = append(all, vlans(w.env.Plant, w.cond.native))
	}
	return all
}

// Set makes levels true of the kernel, and then of the shadow, which may make more of them true.
func (w *World) Set(cause int, levels ...sim.Level) error {
	for _, l := range levels {
		if c, ok := l.(sim.Carrier); ok {
			w.causes[c.Port] = cause
		}
	}
	w.storage.give(levels)
	skew, err := w.cond.set(levels)
	if err != nil {
		return err
	}
	if skew != nil {
		w.env.Log.Add(cause, "", *skew)
	}
	w.storage.take(levels)
	if !guestsOnly(levels) {
		w.touch(cause)
	}
	if err := w.shadow.Set(cause, levels...); err != nil {
		return err
	}
	w.cleanTrees()
	w.powerGuests(levels)
	return w.failure()
}

// touch notes that something has changed: what was measured before tells nothing about what is so now.
func (w *World) touch(cause int) {
	w.cause, w.changed = cause, w.clock.Now()
	if w.clock.virtual {
		w.Rouse()
	}
}

// failure is what went wrong meanwhile, once.
func (w *World) failure() error {
	err := w.err
	w.err = nil
	return err
}

// Err is what went wrong meanwhile.
func (w *World) Err() error { return w.err }

// fail keeps an error for the next method that can return one.
func (w *World) fail(err error) { w.err = errors.Join(w.err, err) }

// control makes true what the shadow's laws say.
func (w *World) control(cause int, levels ...sim.Level) {
	before := map[*topology.Node]int{}
	for _, l := range levels {
		if r, ok := l.(sim.Routes); ok {
			before[r.Node] = w.cond.changes[r.Node]
		}
	}
	if err := w.cond.setControl(levels); err != nil {
		w.fail(err)
		return
	}
	for _, l := range levels {
		switch l := l.(type) {
		case sim.Holder:
			w.env.Log.Add(cause, l.Node.ID, sim.HolderData{Network: l.Network.ID, On: l.On})
		case sim.Routes:
			if len(l.Node.Daemons) == 0 { // of the others' the kernel tells
				w.env.Log.Add(cause, l.Node.ID, sim.RoutesData{Changed: w.cond.changes[l.Node] - before[l.Node]})
			}
		}
	}
	w.touch(cause)
}

// failover writes down that a bond uses another member.
func (w *World) failover(b *topology.Bond, d sim.BondData) {
	cause := 0
	for _, p := range b.Members {
		cause = max(cause, w.causes[p])
	}
	w.touch(w.env.Log.Add(cause, b.String(), d))
}

// Witness looks whether a level is true of the kernel.
func (w *World) Witness(l sim.Level) (bool, string, error) { return w.storage.witness(l) }

// Close lets everything go. The kernel takes the plant down in its own time.
func (w *World) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	w.endLives()
	w.daemons.close()
	w.storage.close()
	if w.watch != nil {
		w.watch.close()
	}
	if w.shadow != nil {
		_ = w.shadow.Close()
	}
	if w.bonds != nil {
		w.bonds.close()
	}
	if w.pulse != nil {
		w.pulse.close()
	}
	for _, p := range w.places {
		p.close()
	}
	w.paces.close()
	if w.cond != nil {
		w.cond.close()
	}
	return w.failure()
}
