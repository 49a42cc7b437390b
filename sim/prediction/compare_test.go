package prediction_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

const ms = time.Millisecond

// gone is a log in which web is gone in the given stretches, pair by pair; an odd last one is open.
func gone(resolution time.Duration, stretches ...time.Duration) *sim.Log {
	y := simtest.NewStory(sim.UseData{ID: "web", Members: 1})
	for len(stretches) > 1 {
		y.Outage("web", stretches[0], stretches[1], resolution, 0)
		stretches = stretches[2:]
	}
	if len(stretches) == 1 {
		y.At(stretches[0]).Out("web", 0)
	}
	return y.At(1000 * time.Second).End("played")
}

func TestCompare(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		measured  *sim.Log
		predicted []*sim.Log
		want      []string
	}{
		"nothing and nothing":  {gone(0), []*sim.Log{gone(0), gone(0)}, nil},
		"within the hull":      {gone(10*ms, 10*s, 13*s), []*sim.Log{gone(0, 10*s, 12*s), gone(0, 10*s, 14*s)}, nil},
		"within the slack":     {gone(10*ms, 9895*ms, 14105*ms), []*sim.Log{gone(0, 10*s, 12*s), gone(0, 10*s, 14*s)}, nil},
		"begins too early":     {gone(10*ms, 9800*ms, 13*s), []*sim.Log{gone(0, 10*s, 12*s), gone(0, 10*s, 14*s)}, []string{"web: begins: measured 9.8s, predicted 10s"}},
		"ends too late":        {gone(10*ms, 10*s, 15*s), []*sim.Log{gone(0, 10*s, 12*s), gone(0, 10*s, 14*s)}, []string{"web: ends: measured 15s, predicted 12s to 14s"}},
		"ends too early":       {gone(10*ms, 10*s, 11800*ms), []*sim.Log{gone(0, 10*s, 12*s)}, []string{"web: ends: measured 11.8s, predicted 12s"}},
		"not predicted":        {gone(10*ms, 10*s, 15*s), []*sim.Log{gone(0), gone(0)}, []string{"web: outages: measured 5s from 10s, predicted none"}},
		"a stall of ours":      {gone(10*ms, 10*s, 10050*ms), []*sim.Log{gone(0), gone(0)}, nil},
		"not measured":         {gone(10 * ms), []*sim.Log{gone(0, 10*s, 12*s), gone(0, 10*s, 14*s)}, []string{"web: outages: measured 0, predicted 1 to 1"}},
		"too short to be seen": {gone(10 * ms), []*sim.Log{gone(0, 10*s, 10150*ms)}, nil},
		"either, it is":        {gone(10*ms, 10*s, 13*s), []*sim.Log{gone(0), gone(0, 10*s, 13*s)}, nil},
		"either, it is not":    {gone(10 * ms), []*sim.Log{gone(0), gone(0, 10*s, 13*s)}, nil},
		"either, but not so":   {gone(10*ms, 10*s, 16*s), []*sim.Log{gone(0), gone(0, 10*s, 13*s)}, []string{"web: ends: measured 16s, predicted 13s"}},
		"never ends":           {gone(10*ms, 10*s), []*sim.Log{gone(0, 10*s), gone(0, 10*s)}, nil},
		"it should":            {gone(10*ms, 10*s), []*sim.Log{gone(0, 10*s, 20*s)}, []string{"web: never ends: measured true, predicted false"}},
		"it should not":        {gone(10*ms, 10*s, 20*s), []*sim.Log{gone(0, 10*s)}, []string{"web: never ends: measured false, predicted true"}},
		"it may":               {gone(10*ms, 10*s, 20*s), []*sim.Log{gone(0, 10*s), gone(0, 10*s, 20*s)}, nil},
		"near is enough":       {gone(time.Second, 10*s, 10500*ms), []*sim.Log{gone(0, 11*s, 11400*ms)}, nil},
		"two, far apart":       {gone(10*ms, 10*s, 12*s, 100*s, 102*s), []*sim.Log{gone(0, 10*s, 12*s, 100*s, 102*s)}, nil},
		"the second missing":   {gone(10*ms, 10*s, 12*s), []*sim.Log{gone(0, 10*s, 12*s, 100*s, 102*s)}, []string{"web: outages: measured 0, predicted 1 to 1"}},
		"one or two":           {gone(10*ms, 10*s, 14*s), []*sim.Log{gone(0, 10*s, 12*s, 13*s, 14*s), gone(0, 10*s, 14*s)}, nil},
		"late, then early":     {gone(10*ms, 11*s, 20*s), []*sim.Log{gone(0, 10*s, 20*s), gone(0, 11*s, 22*s)}, nil},
		"late, then too early": {gone(10*ms, 11*s, 19*s), []*sim.Log{gone(0, 10*s, 20*s), gone(0, 11*s, 22*s)}, []string{"web: ends: measured 19s, predicted 20s to 22s"}},
		"shorter in sum": {
			gone(10*ms, 10*s, 11*s, 19*s, 20*s), []*sim.Log{gone(0, 10*s, 14*s, 14500*ms, 20*s), gone(0, 10*s, 20*s)},
			[]string{"web: lasts: measured 2s, predicted 9.5s to 10s"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range prediction.Compare(c.measured, c.predicted...) {
				got = append(got, d.String())
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestDisagreementsPointAtTheMeasurement(t *testing.T) {
	all := prediction.Compare(gone(10*ms, 10*time.Second, 15*time.Second), gone(0))
	assert.Len(t, all, 1)
	assert.Equal(t, []int{4, 5}, all[0].Evidence)
}

// A sender that was late itself may see an end as much later.
func TestCompareAllowsForALateSender(t *testing.T) {
	const s = time.Second
	measured := func(late time.Duration) *sim.Log {
		log := gone(10*ms, 10*s, 12*s+400*ms)
		log.Add(0, "web", sim.StatsData{Late: sim.Seconds(late)})
		return log
	}
	predicted := gone(0, 10*s, 12*s)
	assert.NotEmpty(t, prediction.Compare(measured(200*ms), predicted))
	assert.Empty(t, prediction.Compare(measured(300*ms), predicted))
}

func TestAPredictionThatNeverBeganAgreesWithNothing(t *testing.T) {
	never := gone(0)
	never.Add(0, "", sim.SteadyData{Members: 1, Unserved: []string{"web"}})
	all := prediction.Compare(gone(0), gone(0), never)
	assert.Len(t, all, 1)
	assert.Equal(t, "all: steady state: measured served before the first fault, predicted not served before the first fault", all[0].String())
}

// TestEither counts the conversations of which it is left open whether they have an outage.
func TestEither(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		predicted []*sim.Log
		want      int
	}{
		{[]*sim.Log{gone(0, s, 2*s), gone(0, s, 3*s)}, 0},
		{[]*sim.Log{gone(0), gone(0, s, 2*s)}, 1},
		{[]*sim.Log{gone(0, s, 2*s, 100*s, 200*s), gone(0, s, 2*s)}, 1},
		{[]*sim.Log{gone(0), gone(0)}, 0},
		{[]*sim.Log{gone(0), gone(0, s, s+sim.Slack)}, 0}, // too short to be seen
	} {
		either, all := prediction.Either(c.predicted...)
		assert.Equal(t, 1, all)
		assert.Equal(t, c.want, either)
	}
}

// What chance takes lies within what it may take of so many requests.
func TestCompareHoldsLossAgainstChance(t *testing.T) {
	predicted := simtest.NewStory(sim.UseData{ID: "web", Members: 1})
	predicted.Log.Add(0, "web", sim.OddsData{Loss: [2]float64{0.02, 0.02}, P99: [2]sim.Seconds{0, sim.Seconds(20 * ms)}, Requests: 3000})
	predicted.At(time.Minute).End("played")
	for name, c := range map[string]struct {
		stats sim.StatsData
		want  []string
	}{
		"as many":                  {sim.StatsData{Asked: 3000, Answered: 2940}, nil},
		"within chance":            {sim.StatsData{Asked: 3000, Answered: 2965}, nil},
		"too few":                  {sim.StatsData{Asked: 3000, Answered: 2990}, []string{"web: loss: measured 0.33%, predicted 0.94% to 3.06%"}},
		"too many":                 {sim.StatsData{Asked: 3000, Answered: 2880}, []string{"web: loss: measured 4.00%, predicted 0.94% to 3.06%"}},
		"few requests say little":  {sim.StatsData{Asked: 30, Answered: 30}, nil},
		"as late":                  {sim.StatsData{Asked: 3000, Answered: 2940, P99: sim.Seconds(110 * ms)}, nil},
		"too late":                 {sim.StatsData{Asked: 3000, Answered: 2940, P99: sim.Seconds(130 * ms)}, []string{"web: p99: measured 130ms, predicted 0s to 20ms"}},
		"nothing was asked at all": {sim.StatsData{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			measured := simtest.NewStory(sim.UseData{ID: "web", Members: 1})
			measured.Log.Add(0, "web", c.stats)
			measured.At(time.Minute).End("played")
			var got []string
			for _, d := range prediction.Compare(measured.Log, predicted.Log) {
				got = append(got, d.String())
			}
			assert.Equal(t, c.want, got)
		})
	}
}
