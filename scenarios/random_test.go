package scenarios

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/prediction"
)

// TestRandomIncidents: each is a scenario that holds its steady state, most harm somebody, and seldom is it left open
// whether they do. Every fault is seen to take effect, those too that others hide.
func TestRandomIncidents(t *testing.T) {
	const many = 300
	harm, either, all := 0, 0, 0
	for seed := range uint64(many) {
		sc, err := NewRandom(seed).Scenario()
		require.NoError(t, err, "seed %d\n%s", seed, NewRandom(seed))
		predicted, err := prediction.Predict(sc, model.Replay)
		require.NoError(t, err, "seed %d", seed)
		for _, e := range predicted[0].Events() {
			d, unseen := e.Data.(sim.UnprovenData)
			require.False(t, unseen, "seed %d, %s: %s\n%s", seed, e.Subject, d.Missing, NewRandom(seed))
		}
		some := false
		for _, u := range predicted[0].Header().Uses {
			require.True(t, sim.HistoryOf(predicted[0]).Steady(), "seed %d\n%s", seed, NewRandom(seed))
			some = some || len(sim.HistoryOf(predicted[0]).Outages(u.ID)) > 0
		}
		if some {
			harm++
		}
		e, a := prediction.Either(predicted...)
		either, all = either+e, all+a
	}
	t.Logf("%d of %d harm somebody; of %d conversations %d may have an outage or not", harm, many, all, either)
	assert.Greater(t, harm, many/2)
	assert.Less(t, float64(either), 0.05*float64(all))
	assert.Equal(t, NewRandom(7).String(), NewRandom(7).String())
	assert.NotEqual(t, NewRandom(7).String(), NewRandom(8).String())
}

// TestSmallerIncidents have one part less each, are incidents still, and end with one fault and one workload.
func TestSmallerIncidents(t *testing.T) {
	for seed := range uint64(50) {
		r := NewRandom(seed)
		for all := r.Smaller(); len(all) > 0; all = r.Smaller() {
			for _, less := range all {
				assert.Equal(t, strings.Count(r.String(), "\n")-1, strings.Count(less.String(), "\n"))
				_, err := less.Scenario()
				require.NoError(t, err, "%s", less)
			}
			r = all[len(all)-1]
		}
		assert.Len(t, r.faults, 1)
		assert.Len(t, r.workloads, 1)
	}
}
