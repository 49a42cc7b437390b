package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

// mended plays an entry at 0 and what somebody does a minute later, and gives what happened after that.
func mended(t *testing.T, harm func(*sim.Scope) error, mend func(*sim.Hands, *topology.Plant)) (string, *simtest.World) {
	t.Helper()
	p := simtest.TwoCore()
	sc := &sim.Scenario{Plant: p, Timeline: []*sim.Entry{entry("x", harm)}}
	log, w := simtest.Play(t, sc, sim.Options{Serve: func(r *sim.Run) {
		r.Loop().At(time.Minute, func() { mend(r.Hands(), p) })
	}})
	return simtest.Transcript(log), w
}

var somebody = sim.Act{By: "ann", Why: "test"}

func TestHandsMend(t *testing.T) {
	link := func(p *topology.Plant) *topology.Link { return p.Link("peer-link") }
	port := func(p *topology.Plant) *topology.Port { return p.Link("peer-link").A }
	kill := func(seat bool) func(*sim.Scope) error {
		return func(s *sim.Scope) error { s.KillOptic(false, seat, port(s.Plant)); return nil }
	}
	changed := func(s *sim.Scope) error { s.ShutPorts(port(s.Plant)); return nil }
	shut := func(s *sim.Scope) error { s.ErrDisable(link(s.Plant), 5); return nil }
	for name, c := range map[string]struct {
		harm  func(*sim.Scope) error
		state sim.LinkState
		mend  func(*sim.Hands, *topology.Plant)
		cured bool
	}{
		"replaced":         {kill(false), sim.LinkOpticDead, func(h *sim.Hands, p *topology.Plant) { h.ReplaceOptic(somebody, port(p), true) }, true},
		"dead on arrival":  {kill(false), sim.LinkOpticDead, func(h *sim.Hands, p *topology.Plant) { h.ReplaceOptic(somebody, port(p), false) }, false},
		"reseated":         {kill(true), sim.LinkOpticDead, func(h *sim.Hands, p *topology.Plant) { h.ReseatOptic(somebody, port(p)) }, true},
		"reseated in vain": {kill(false), sim.LinkOpticDead, func(h *sim.Hands, p *topology.Plant) { h.ReseatOptic(somebody, port(p)) }, false},
		"plugged in":       {pull, sim.LinkUnplugged, func(h *sim.Hands, p *topology.Plant) { h.PlugIn(somebody, link(p)) }, true},
		"rolled back":      {changed, sim.LinkChanged, func(h *sim.Hands, p *topology.Plant) { h.RollBack(somebody, p.Node("core1")) }, true},
		"the wrong node":   {changed, sim.LinkChanged, func(h *sim.Hands, p *topology.Plant) { h.RollBack(somebody, p.Node("core2")) }, false},
		"opened":           {changed, sim.LinkChanged, func(h *sim.Hands, p *topology.Plant) { h.Shut(somebody, port(p), false) }, true},
		"cleared":          {shut, sim.LinkErrDisabled, func(h *sim.Hands, p *topology.Plant) { h.ClearErrDisable(somebody, link(p)) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, w := mended(t, c.harm, func(h *sim.Hands, p *topology.Plant) {
				state, _ := h.Look(link(p))
				assert.Equal(t, c.state, state)
				c.mend(h, p)
				state, _ = h.Look(link(p))
				assert.Equal(t, c.cured, state == sim.LinkWell)
			})
			if c.cured {
				assert.Contains(t, got, "1m0s   core1:e31 carrier on\n")
				assert.Empty(t, w.Wrong())
			} else {
				assert.NotContains(t, got, "carrier on")
			}
		})
	}
}

func TestHandsShutAndOpen(t *testing.T) {
	got, _ := mended(t, pull, func(h *sim.Hands, p *topology.Plant) {
		h.Shut(somebody, p.Port("hv1:vmnic0"), true)
		h.Loop().After(time.Minute, func() { h.Shut(somebody, p.Port("hv1:vmnic0"), false) })
	})
	assert.Contains(t, got, "1m0s   hv1:vmnic0 carrier off\n1m0s   core1:e1 carrier off\n")
	assert.Contains(t, got, "2m0s   hv1:vmnic0 carrier on\n2m0s   core1:e1 carrier on\n")
}

func TestHandsReboot(t *testing.T) {
	got, w := mended(t, pull, func(h *sim.Hands, p *topology.Plant) { h.Reboot(somebody, p.Node("core1")) })
	assert.Contains(t, got, "1m0s   core1 off\n")
	assert.Contains(t, got, "7m5s   core1 forwarding\n")
	assert.NotContains(t, w.Wrong(), "sim.Stage core1")
}

func TestPulledTwicePluggedInOnceIsPluggedIn(t *testing.T) {
	both := func(s *sim.Scope) error {
		s.Unplug(s.Plant.Link("peer-link"))
		s.Unplug(s.Plant.Link("peer-link"))
		return nil
	}
	p := simtest.TwoCore()
	x := entry("x", both)
	x.For = 2 * time.Minute
	log, w := simtest.Play(t, &sim.Scenario{Plant: p, Timeline: []*sim.Entry{x}}, sim.Options{Serve: func(r *sim.Run) {
		r.Loop().At(time.Minute, func() { r.Hands().PlugIn(somebody, p.Link("peer-link")) })
		r.Loop().At(3*time.Minute, func() { assert.NoError(t, r.Inject(entry("y", pull))) })
	}})
	assert.Contains(t, simtest.Transcript(log), "3m0s   core1:e31 carrier off\n", "one more pull counts, although what it undoes has been undone")
	assert.NotEmpty(t, w.Wrong())
}
