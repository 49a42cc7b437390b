package recovery_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
)

// incident plays the incident of 2023, or a variant of it, with some of its places set to other values: "seed=7".
func incident(t *testing.T, variant string, set ...string) *sim.Log {
	t.Helper()
	o := scenarios.Options{Variant: variant}
	for _, s := range set {
		of, value, _ := strings.Cut(s, "=")
		o.Set = append(o.Set, scenarios.Setting{Of: of, Value: value})
	}
	sc, err := scenarios.Load("sconet-2023", o)
	require.NoError(t, err)
	log, err := model.Replay(sc, 0.5)
	require.NoError(t, err)
	return log
}

// gone is how long the worst of a workload was.
func gone(log *sim.Log, workload string) time.Duration {
	worst, _ := sim.HistoryOf(log).Longest(workload)
	return worst.Length()
}

// TestWhatWouldHaveHelpedComesInThisOrder holds the remedies against what a budget on paper says of each (2023: ten
// minutes of reboot, an hour to find and fit parts, four hours to get one, five to touch 300 machines).
func TestWhatWouldHaveHelpedComesInThisOrder(t *testing.T) {
	before := time.Duration(-1)
	for _, c := range []struct {
		variant          string
		hosted, internet [2]time.Duration // at least, at most
	}{
		{"canary", [2]time.Duration{}, [2]time.Duration{0, 10 * time.Second}},
		{"separate-storage-fabric", [2]time.Duration{}, [2]time.Duration{6 * time.Minute, 10 * time.Minute}},
		{"auto-resume-guests", [2]time.Duration{55 * time.Minute, 80 * time.Minute}, [2]time.Duration{6 * time.Minute, 10 * time.Minute}},
		{"spares-and-scripted-restart", [2]time.Duration{2 * time.Hour, 3 * time.Hour}, [2]time.Duration{6 * time.Minute, 10 * time.Minute}},
		{"commit-confirm-sound-optics", [2]time.Duration{280 * time.Minute, 340 * time.Minute}, [2]time.Duration{6 * time.Minute, 10 * time.Minute}},
		{"spares-on-hand", [2]time.Duration{345 * time.Minute, 375 * time.Minute}, [2]time.Duration{6 * time.Minute, 10 * time.Minute}},
		{"", [2]time.Duration{580 * time.Minute, 620 * time.Minute}, [2]time.Duration{6 * time.Minute, 10 * time.Minute}},
	} {
		log := incident(t, c.variant)
		hosted, internet := gone(log, "hosted"), gone(log, "internet")
		assert.True(t, c.hosted[0] <= hosted && hosted <= c.hosted[1], "%s: hosted is gone for %s, not %s", c.variant, hosted, c.hosted)
		assert.True(t, c.internet[0] <= internet && internet <= c.internet[1], "%s: internet is gone for %s, not %s", c.variant, internet, c.internet)
		assert.Greater(t, hosted+internet, before, "%s is worse than what stands before it", c.variant)
		before = hosted + internet
	}
}

func TestOneCoreAfterTheOtherWithAGateHarmsNobodyEither(t *testing.T) {
	log := incident(t, "canary", "timeline.paste.config-push.rollout=serial")
	assert.Zero(t, gone(log, "hosted"))
	assert.Less(t, gone(log, "internet"), 10*time.Second)
	assert.NotContains(t, strings.Join(stages(log), "\n"), "core2")
}

// stages lists which nodes left service and came back.
func stages(log *sim.Log) (all []string) {
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.StageData); ok {
			all = append(all, e.Subject+" "+d.Stage)
		}
	}
	return all
}

// TestATrialTakesBackWhatAChangeLeft: a roll-back does not undo a reboot. With dead optics or sound ones, at whatever
// time they died, it saves nothing.
func TestATrialTakesBackWhatAChangeLeft(t *testing.T) {
	for _, with := range [][]string{nil, {died + "now"}} {
		assert.Equal(t, gone(incident(t, "", with...), "hosted"), gone(incident(t, "commit-confirm", with...), "hosted"), with)
	}
	assert.Equal(t, gone(incident(t, "sound-optics"), "hosted"), gone(incident(t, "commit-confirm-sound-optics"), "hosted"))
}

// died is the parameter that says when the transceivers died.
const died = "timeline.optics.optic-dead.shows_at="

// TestWhenTheOpticsDied: the report does not say whether they died before the reboot, which showed it, or at the same
// moment for reasons of their own. The day is the same either way; what would have helped is not.
func TestWhenTheOpticsDied(t *testing.T) {
	assert.InDelta(t, gone(incident(t, ""), "hosted").Minutes(), gone(incident(t, "", died+"now"), "hosted").Minutes(), 1)
	assert.Zero(t, gone(incident(t, "canary", died+"reboot"), "hosted"), "one core reboots and shows one of them")
	assert.Greater(t, gone(incident(t, "canary", died+"now"), "hosted"), 9*time.Hour, "no care with changes helps two that die by themselves")
	assert.Less(t, gone(incident(t, "spares-on-hand", died+"now"), "hosted"), 7*time.Hour)
}

// budget is what the incident takes on paper: 10 minutes until people look, 45 to find out, 20 to swap; 3 minutes for each
// of 300 machines and 20 for one in twenty, by 4 people.
var budget = []string{
	"service_times.diagnose-part.each=35m", "service_times.reseat=10m", "service_times.fit-part=20m",
	"service_times.power-cycle.each=3m", "service_times.power-cycle.without_access=3m",
	"service_times.repair.outcomes.file-system-check.each=20m", "service_times.repair.outcomes.database-recovery.each=20m",
	"service_times.repair.outcomes.rebuild.each=20m",
}

// TestTheBudgetOnPaper plays that budget: what one can do with a pencil comes out as with a pencil. A script touches all
// machines in half an hour, and those that it cannot mend take people another hour.
func TestTheBudgetOnPaper(t *testing.T) {
	for _, c := range []struct {
		variant, storage, touched, booted string
	}{
		{"spares-on-hand", "14:15", "18:00", "19:15"},
		{"spares-and-scripted-restart", "14:15", "14:45", "16:00"},
	} {
		log := incident(t, c.variant, budget...)
		near(t, c.storage, milestone(t, log, sim.StorageUp), 5*time.Minute, "%s: storage", c.variant)
		near(t, c.touched, lastSwitchOn(log), 15*time.Minute, "%s: touched", c.variant)
		near(t, c.booted, milestone(t, log, sim.AllBooted), 15*time.Minute, "%s: booted", c.variant)
	}
}

// near says whether something happened at about a time of that day, which begins at one in the afternoon.
func near(t *testing.T, want string, at, by time.Duration, text string, args ...any) {
	t.Helper()
	clock, err := time.Parse("15:04", want)
	require.NoError(t, err)
	assert.InDelta(t, clock.Sub(clock.Truncate(24*time.Hour)).Minutes()-13*60, at.Minutes(), by.Minutes(), append([]any{text}, args...)...)
}

// lastSwitchOn is when the last machine was switched on.
func lastSwitchOn(log *sim.Log) time.Duration {
	for _, e := range slices.Backward(log.Events()) {
		if d, ok := e.Data.(sim.ActionData); ok && d.Do == "switch on" {
			return e.At
		}
	}
	return 0
}
