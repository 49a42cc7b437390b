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
	log := simtest.NewStory().End("played")
	for _, yaml := range []string{`{workload: mail, loss: "< 1%"}`, `{workload: mail, p99: "< 1s"}`} {
		j := decode[Outage](t, yaml).Judge(log)
		assert.Equal(t, sim.Inconclusive, j.Outcome)
		assert.Contains(t, j.Got, "the log")
	}
}

func TestOutageMustAskForSomething(t *testing.T) {
	sc := &sim.Scenario{Uses: []*sim.Use{{ID: "mail"}}}
	assert.ErrorContains(t, (&Outage{Workload: "mail"}).Resolve(sc), "asks for nothing")
	assert.NoError(t, decode[Outage](t, `{workload: mail, outages: 0}`).Resolve(sc))
	assert.ErrorContains(t, decode[Outage](t, `{workload: mial, outages: 0}`).Resolve(sc), `did you mean "mail"?`)
}
