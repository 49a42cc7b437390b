package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

// guarded plays entries on a plant whose host hv1 guards both its links.
func guarded(t *testing.T, g topology.Guard, mend func(*sim.Hands, *topology.Plant), entries ...*sim.Entry) (string, *simtest.World) {
	t.Helper()
	p := simtest.TwoCore()
	links := []*topology.Link{p.Port("hv1:vmnic0").Link, p.Port("hv1:vmnic1").Link}
	p.Groups = append(p.Groups, &topology.Group{ID: "uplinks", Links: links, Guard: &g})
	log, w := simtest.Play(t, &sim.Scenario{Plant: p, Timeline: entries}, sim.Options{Serve: func(r *sim.Run) {
		if mend != nil {
			r.Loop().At(time.Minute, func() { mend(r.Hands(), p) })
		}
	}})
	return simtest.Transcript(log), w
}

// loose takes out the first uplink for half a minute.
func loose(s *sim.Scope) error {
	s.Unplug(s.Plant.Port("hv1:vmnic0").Link)
	s.After(30*time.Second, s.Release)
	return nil
}

func TestAGuardTakesTheSurvivorDown(t *testing.T) {
	got, w := guarded(t, topology.Guard{MinLinks: 2}, nil, entry("x", loose))
	assert.Contains(t, got, "0s     hv1:vmnic1 carrier off\n", "min_links is 2, and one is left")
	assert.Contains(t, got, "30s    hv1:vmnic1 carrier on\n", "with the first comes the second")
	assert.NotContains(t, got, "err-disabled")
	assert.Empty(t, w.Wrong())
	got, _ = guarded(t, topology.Guard{MinLinks: 1}, nil, entry("x", loose))
	assert.NotContains(t, got, "vmnic1", "one is enough")
}

func TestAGuardThatFailsClosedWaitsForSomebody(t *testing.T) {
	for name, c := range map[string]struct {
		mend func(*sim.Hands, *topology.Plant)
		back bool
	}{
		"nobody comes": {nil, false},
		"cleared":      {func(h *sim.Hands, p *topology.Plant) { h.ClearErrDisable(somebody, p.Port("hv1:vmnic1").Link) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := guarded(t, topology.Guard{MinLinks: 2, ErrDisable: true}, c.mend, entry("x", loose))
			assert.Contains(t, got, "err-disabled after 0 uplinks\n")
			assert.NotContains(t, got, "30s    hv1:vmnic1 carrier on\n", "that the other is back opens nothing")
			if c.back {
				assert.Contains(t, got, "1m0s   hv1:vmnic1 carrier on\n")
			} else {
				assert.NotContains(t, got, "vmnic1 carrier on\n")
			}
		})
	}
}

func TestAGuardLooksAtWhatItLoses(t *testing.T) {
	guard := topology.Guard{MinLinks: 2, ErrDisable: true}
	off := func(s *sim.Scope) error { s.Reboot(s.Plant.Node("hv1"), time.Second); return nil }
	got, _ := guarded(t, guard, nil, entry("x", off))
	assert.NotContains(t, got, "err-disabled", "a node without power shuts nothing, nor one that boots")
	loose := func(s *sim.Scope) error {
		s.Unplug(s.Plant.Port("hv1:vmnic0").Link)
		s.Reboot(s.Plant.Node("hv1"), time.Second)
		return nil
	}
	got, _ = guarded(t, guard, nil, entry("x", func(s *sim.Scope) (err error) { s.Together(func() { err = loose(s) }); return err }))
	assert.NotContains(t, got, "err-disabled", "what was not there when it came up was not lost")
	core := func(s *sim.Scope) error { s.Reboot(s.Plant.Node("core1"), time.Second); return nil }
	got, _ = guarded(t, guard, nil, entry("x", core))
	assert.Contains(t, got, "err-disabled after 0 uplinks\n", "a core without power takes a carrier away")
}
