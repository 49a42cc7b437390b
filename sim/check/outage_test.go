package check

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// decode reads a check as a file would have it.
func decode[T any](t *testing.T, yaml string) *T {
	t.Helper()
	var ps yamlfile.Problems
	node, err := yamlfile.Parse("test.yaml", []byte(yaml))
	require.NoError(t, err)
	check := new(T)
	yamlfile.Decode(node, check, &ps)
	require.Empty(t, ps)
	return check
}

func TestOutageConditions(t *testing.T) {
	y := simtest.NewStory()
	paste := y.At(1*s).Fault("paste", "noc")
	blip := y.At(90*s).Fault("blip", "")
	y.Outage("mail/1", 1*s, 31*s, 0, paste).Outage("mail/2", 1*s, 21*s, 0, paste)
	y.Outage("mail/1", 90*s, 91*s, 0, blip).Outage("mail/2", 90*s, 91*s, 0, blip)
	y.At(92*s).Log.Add(0, "mail/1", sim.ReconnectData{})
	y.Log.Add(0, "mail/1", sim.StatsData{Asked: 1000, Answered: 995, P99: sim.Seconds(2 * time.Millisecond)})
	y.Log.Add(0, "mail/2", sim.StatsData{Asked: 1000, Answered: 1000, P99: sim.Seconds(time.Millisecond)})
	log := y.End("played")
	for yaml, c := range map[string]struct {
		want sim.Outcome
		got  string
	}{
		`{outage: "<= 30s"}`:           {sim.Passed, "mail/1: 30s (from 1s, paste)"},
		`{outage: ">= 25s"}`:           {sim.Failed, "mail/2: 20s (from 1s, paste)"},
		`{outage: "between 20s, 30s"}`: {sim.Passed, "mail/1: 30s (from 1s, paste)"},
		`{total: "<= 30s"}`:            {sim.Failed, "mail/1: 31s in all"},
		`{total: "<= 31s"}`:            {sim.Passed, "mail/1: 31s in all"},
		`{outages: 2}`:                 {sim.Passed, "mail/1: 2 outages"},
		`{outages: 1}`:                 {sim.Failed, "mail/1: 2 outages"},
		`{outages: ">= 2"}`:            {sim.Passed, "mail/1: 2 outages"},
		`{reconnects: 0}`:              {sim.Failed, "mail/1: 1 reconnect"},
		`{reconnects: "<= 1"}`:         {sim.Passed, "mail/1: 1 reconnect"},
		`{loss: "< 0.4%"}`:             {sim.Failed, "mail/1: 0.50% lost"},
		`{loss: "<= 0.6%"}`:            {sim.Passed, "mail/1: 0.50% lost"},
		`{p99: "< 2ms"}`:               {sim.Failed, "mail/1: p99 2ms"},
		`{p99: "< 3ms"}`:               {sim.Passed, "mail/1: p99 2ms"},
		`{outages: 2, caused_by: noc}`: {sim.Failed, "mail/1: 2 outages, 1s (from 1m30s, blip)"},
	} {
		t.Run(yaml, func(t *testing.T) {
			j := decode[Outage](t, strings.Replace(yaml, "{", "{workload: mail, ", 1)).Judge(log)
			assert.Equal(t, c.want, j.Outcome, j.Got)
			assert.Equal(t, c.got, j.Got)
			assert.NotEmpty(t, j.Want)
			assert.NotEmpty(t, j.Evidence)
		})
	}
}

func TestCausedBy(t *testing.T) {
	y := simtest.NewStory()
	paste := y.At(1*s).Fault("paste", "noc")
	y.Outage("mail/1", 1*s, 31*s, 0, paste)
	all := func(who string) sim.Judgement {
		return (&Outage{Workload: "mail", Conditions: Conditions{CausedBy: who}}).Judge(y.Log)
	}
	assert.Equal(t, sim.Passed, all("paste").Outcome)
	assert.Equal(t, sim.Passed, all("noc").Outcome)
	assert.Equal(t, sim.Failed, all("day").Outcome)
	y.Outage("mail/2", 40*s, 41*s, 0, 0)
	assert.Equal(t, sim.Inconclusive, all("paste").Outcome, "nobody knows about the second")
	assert.Equal(t, sim.Failed, (&Outage{Workload: "mail", Conditions: Conditions{CausedBy: "noc"}}).Judge(simtest.NewStory().Log).Outcome)
}

func TestWhatTheLogLacks(t *testing.T) {
	const loss, p99 = `{workload: mail, loss: "< 1%"}`, `{workload: mail, p99: "< 1s"}`
	for yaml, log := range map[string]*sim.Log{loss: simtest.Measured().End("played"), p99: simtest.NewStory().End("played")} {
		j := decode[Outage](t, yaml).Judge(log)
		assert.Equal(t, sim.Inconclusive, j.Outcome)
		assert.Contains(t, j.Got, "the log")
	}
}

// The model counts no requests: nothing is lost but by chance, and in outages nobody knows how much of all.
func TestLossAsPredicted(t *testing.T) {
	odds := sim.OddsData{Loss: [2]float64{0.2, 0.2}, Requests: 10_000}
	for name, c := range map[string]struct {
		story func(*simtest.Story)
		want  sim.Outcome
	}{
		"nothing":            {func(*simtest.Story) {}, sim.Passed},
		"an outage":          {func(y *simtest.Story) { y.Outage("mail/1", 1*s, 2*s, 0, 0) }, sim.Inconclusive},
		"chance":             {func(y *simtest.Story) { y.Log.Add(0, "mail/2", odds) }, sim.Failed},
		"chance and outages": {func(y *simtest.Story) { y.Outage("mail/1", 1*s, 2*s, 0, 0).Log.Add(0, "mail/1", odds) }, sim.Failed},
		"no law":             {func(y *simtest.Story) { y.Log.Add(0, "mail/2", sim.OddsData{Lawless: "dust"}) }, sim.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			y := simtest.NewStory()
			c.story(y)
			j := decode[Outage](t, `{workload: mail, loss: "< 1%"}`).Judge(y.End("played"))
			assert.Equal(t, c.want, j.Outcome, j.Got)
		})
	}
}

func TestOutageMustAskForSomething(t *testing.T) {
	sc := &sim.Scenario{Uses: []*sim.Use{{ID: "mail"}}}
	assert.ErrorContains(t, (&Outage{Workload: "mail"}).Resolve(sc), "asks for nothing")
	assert.NoError(t, decode[Outage](t, `{workload: mail, outages: 0}`).Resolve(sc))
	assert.ErrorContains(t, decode[Outage](t, `{workload: mial, outages: 0}`).Resolve(sc), `did you mean "mail"?`)
}
