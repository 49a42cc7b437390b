package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestEveryKind(t *testing.T) { simtest.Kinds(t, sim.Checks) }

const s = time.Second

func TestSurvivesWhatItTolerates(t *testing.T) {
	for name, c := range map[string]struct {
		story func(*simtest.Story)
		want  sim.Outcome
		got   string
	}{
		"nothing":      {func(*simtest.Story) {}, sim.Passed, "mail/1: no outage"},
		"short ones":   {func(y *simtest.Story) { y.Outage("mail/1", 1*s, 31*s, 0, 0).Outage("mail/2", 2*s, 12*s, 0, 0) }, sim.Passed, "mail/1: 30s (from 1s)"},
		"one too long": {func(y *simtest.Story) { y.Outage("mail/1", 1*s, 2*s, 0, 0).Outage("mail/2", 2*s, 33*s, 0, 0) }, sim.Failed, "mail/2: 31s (from 2s)"},
		"not sure":     {func(y *simtest.Story) { y.Outage("mail/2", 2*s, 32*s, time.Millisecond, 0) }, sim.Inconclusive, "mail/2: 30s (from 2s)"},
		"open":         {func(y *simtest.Story) { y.At(5*s).Out("mail/2", 0); y.At(7 * s) }, sim.Failed, "mail/2: not over after 2s (from 5s)"},
		"the longest":  {func(y *simtest.Story) { y.Outage("mail/2", 1*s, 41*s, 0, 0).Outage("mail/2", 50*s, 51*s, 0, 0) }, sim.Failed, "mail/2: 40s (from 1s)"},
	} {
		t.Run(name, func(t *testing.T) {
			y := simtest.NewStory()
			c.story(y)
			j := (&Survives{Workload: "mail"}).Judge(y.End("played"))
			assert.Equal(t, c.want, j.Outcome)
			assert.Equal(t, c.got, j.Got)
			assert.Equal(t, "longest outage <= 30s", j.Want)
		})
	}
}

func TestWhoLosesTooMuchDoesNotSurvive(t *testing.T) {
	bears := 0.05
	for lost, want := range map[float64]sim.Outcome{0.02: sim.Passed, 0.2: sim.Failed} {
		y := simtest.NewStory(sim.UseData{ID: "mail", Members: 1, Tolerates: sim.Seconds(30 * s), ToleratesLoss: &bears})
		y.Log.Add(0, "mail", sim.StatsData{Asked: 1000, Answered: uint64(1000 * (1 - lost))})
		j := (&Survives{Workload: "mail"}).Judge(y.End("played"))
		assert.Equal(t, want, j.Outcome)
		assert.Equal(t, "longest outage <= 30s, loss <= 5%", j.Want)
	}
}

func TestALogCutShortProvesNoSurvival(t *testing.T) {
	for reason, want := range map[string]sim.Outcome{"interrupted": sim.Inconclusive, "horizon": sim.Passed, "played": sim.Passed} {
		assert.Equal(t, want, (&Survives{Workload: "mail"}).Judge(simtest.NewStory().End(reason)).Outcome, reason)
	}
	cut := simtest.NewStory().Outage("mail/1", 0, 40*s, 0, 0).Log
	assert.Equal(t, sim.Failed, (&Survives{Workload: "mail"}).Judge(cut).Outcome, "what was too long stays too long")
	open := simtest.NewStory()
	open.At(5*s).Out("mail/2", 0)
	assert.Equal(t, sim.Inconclusive, (&Survives{Workload: "mail"}).Judge(open.At(10*s).End("horizon")).Outcome, "it may have ended in time")
}

func TestNothingToJudge(t *testing.T) {
	assert.Equal(t, sim.Inconclusive, (&Survives{Workload: "other"}).Judge(simtest.NewStory().End("played")).Outcome)
	assert.Equal(t, sim.Inconclusive, (&Survives{Workload: "mail"}).Judge(sim.NewLog(nil, nil)).Outcome)
}

func TestEvidence(t *testing.T) {
	y := simtest.NewStory()
	paste := y.At(1*s).Fault("paste", "")
	y.Outage("mail/1", 1*s, 40*s, 0, paste)
	j := (&Survives{Workload: "mail"}).Judge(y.End("played"))
	assert.Equal(t, "mail/1: 39s (from 1s, paste)", j.Got)
	assert.Equal(t, []int{6, 7}, j.Evidence)
}

func TestNamesAreLookedUp(t *testing.T) {
	sc := &sim.Scenario{Uses: []*sim.Use{{ID: "mail"}}, Timeline: []*sim.Entry{{ID: "paste", By: "noc"}}}
	assert.NoError(t, (&Survives{Workload: "mail"}).Resolve(sc))
	assert.NoError(t, (&Survives{Workload: "mail", Conditions: Conditions{CausedBy: "noc"}}).Resolve(sc))
	assert.EqualError(t, (&Survives{Workload: "mial"}).Resolve(sc), `no workload "mial", did you mean "mail"?`)
	assert.EqualError(t, (&Survives{Workload: "mail", Conditions: Conditions{CausedBy: "x"}}).Resolve(sc),
		`no timeline entry or person "x", there is paste, noc`)
}
