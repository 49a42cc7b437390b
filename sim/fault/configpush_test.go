package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// pushed plays a change of both cores from one in the afternoon, and lists its steps.
func pushed(t *testing.T, c *ConfigPush) (steps []string, what string) {
	t.Helper()
	c.Target = topology.Target{"core"}
	p := simtest.TwoCore()
	sc := &sim.Scenario{Plant: p, Start: time.Date(2023, 6, 1, 13, 0, 0, 0, time.UTC), Timeline: []*sim.Entry{simtest.Entry(t, p, "it", 0, c)}}
	log, world := simtest.Play(t, sc, sim.Options{})
	if len(c.Shuts) == 0 {
		assert.Empty(t, world.Wrong())
	}
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.ChangeData); ok {
			steps = append(steps, e.At.String()+" "+e.Subject+" "+d.Step)
		}
	}
	return steps, simtest.Transcript(log)
}

func TestAllAtOnceIsOneInstant(t *testing.T) {
	_, what := pushed(t, &ConfigPush{})
	assert.Contains(t, what, "0s     core1 off\n0s     core2 off\n", "A5: both in the same instant, and a whole boot")
	assert.Contains(t, what, "6m5s   core1 forwarding\n6m5s   core2 forwarding\n")
}

func TestSerialWaitsForTheOneBefore(t *testing.T) {
	steps, what := pushed(t, &ConfigPush{Rollout: "serial"})
	assert.Equal(t, []string{"0s core1 pushed", "6m5s core2 pushed"}, steps)
	assert.Contains(t, what, "6m5s   core1 forwarding\n6m5s   core2 off\n")
}

func TestAGateStopsAfterTheFirst(t *testing.T) {
	for _, rollout := range []string{"serial", "canary"} {
		steps, what := pushed(t, &ConfigPush{Rollout: rollout, Gate: &Gate{}})
		assert.Equal(t, []string{"0s core1 pushed", "2m0s core1 stopped"}, steps)
		assert.NotContains(t, what, "core2 off")
	}
}

func TestAGateLetsWellChangesThrough(t *testing.T) {
	steps, what := pushed(t, &ConfigPush{Rollout: "canary", Effect: "none", Gate: &Gate{Soak: time.Minute}})
	assert.Equal(t, []string{"0s core1 pushed", "1m0s core2 pushed"}, steps)
	assert.NotContains(t, what, "unproven")
}

func TestAGateIsFedByWhatIsSeen(t *testing.T) {
	g := &Gate{Served: []string{"mail"}, Ping: []string{"hosted"}}
	for subject, want := range map[string]bool{
		"mail": true, "mail/3": true, "mail/3 ping": false, "hosted/1 ping": true, "hosted/1": false, "files": false,
	} {
		assert.Equal(t, want, g.watches(subject), subject)
	}
}

func TestCommitConfirmRollsBackWhatNobodyReaches(t *testing.T) {
	steps, what := pushed(t, &ConfigPush{Effect: "shut", Confirm: 5 * time.Minute})
	assert.Equal(t, []string{"0s core1 pushed", "0s core2 pushed", "5m0s core1 rolled back", "5m0s core2 rolled back"}, steps)
	assert.Contains(t, what, "5m0s   core1:e1 carrier on\n")
	steps, _ = pushed(t, &ConfigPush{Effect: "none", Confirm: 5 * time.Minute})
	assert.Contains(t, steps, "5m0s core1 confirmed")
}

func TestAChangeLeavesPortsShut(t *testing.T) {
	_, what := pushed(t, &ConfigPush{Shuts: topology.Target{"core1:e1"}})
	assert.NotContains(t, what, "core1:e1 carrier on\n", "the reboot is over, and the change is not")
	assert.Contains(t, what, "core1:e2 carrier on\n")
	steps, what := pushed(t, &ConfigPush{Shuts: topology.Target{"core1:e1"}, Confirm: 5 * time.Minute})
	assert.Contains(t, steps, "5m0s core1 rolled back", "it still boots, and nobody reaches it")
	assert.Contains(t, what, "core1:e1 carrier on\n")
	steps, what = pushed(t, &ConfigPush{Effect: "shut", Shuts: topology.Target{"core1:e1"}, Confirm: 5 * time.Minute})
	assert.Contains(t, steps, "5m0s core1 confirmed", "its author can reach it, and sees nothing wrong")
	assert.NotContains(t, what, "core1:e1 carrier on\n")
}

func TestReviewersSeeOrDoNot(t *testing.T) {
	all, none := yamlfile.Percent(1), yamlfile.Percent(0)
	steps, what := pushed(t, &ConfigPush{Class: "normal", Reviewers: []string{"ann"}, Finds: &all})
	assert.Equal(t, []string{"0s core rejected"}, steps)
	assert.NotContains(t, what, "off", "a change that is rejected harms nobody")
	assert.NotContains(t, what, "unproven")
	_, what = pushed(t, &ConfigPush{Class: "normal", Reviewers: []string{"ann"}, Finds: &none})
	assert.Contains(t, what, "core1 off")
}

func TestADryRunShowsWhatAChangeDoes(t *testing.T) {
	steps, _ := pushed(t, &ConfigPush{DryRun: 1})
	assert.Equal(t, []string{"0s core rejected"}, steps)
	steps, _ = pushed(t, &ConfigPush{DryRun: 1, Effect: "none"})
	assert.Equal(t, []string{"0s core1 pushed", "0s core2 pushed"}, steps, "there was nothing to see")
}

func TestAWindowOpensAtNightForAFewNodes(t *testing.T) {
	steps, _ := pushed(t, &ConfigPush{Window: &Window{From: "22:00", To: "04:00", Most: 1}})
	assert.Equal(t, []string{"9h0m0s core1 pushed", "9h6m5s core2 pushed"}, steps)
	steps, _ = pushed(t, &ConfigPush{Rollout: "serial", Window: &Window{From: "12:00", To: "13:05"}})
	assert.Equal(t, []string{"0s core1 pushed", "23h0m0s core2 pushed"}, steps, "a step that is late waits for the next day")
}

func TestChangesThatBreakTheRules(t *testing.T) {
	for want, c := range map[string]*ConfigPush{
		"name its reviewers":          {Class: "normal"},
		"nobody reviews a standard":   {Reviewers: []string{"ann"}},
		`no workload "mail"`:          {Gate: &Gate{Ping: []string{"mail"}}},
		`"late" is not a time of day`: {Window: &Window{From: "late", To: "04:00"}},
		"give it from and to":         {Window: &Window{From: "22:00"}},
		"blast_radius is -1":          {Window: &Window{Most: -1}},
		"cannot shut hv1:vmnic0":      {Shuts: topology.Target{"hv1:vmnic0"}},
		"without effect shuts no":     {Effect: "none", Shuts: topology.Target{"core1:e1"}},
	} {
		c.Target = topology.Target{"core"}
		require.ErrorContains(t, c.Resolve(simtest.TwoCore()), want)
	}
}
