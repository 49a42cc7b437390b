package gate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
)

// TestSweepsSayWhatChecksSay: what a sweep finds has the words, places and fingerprints of a check, fails nothing, and
// pairs are told one by one.
func TestSweepsSayWhatChecksSay(t *testing.T) {
	text, err := topology.ReadText("two-core")
	require.NoError(t, err)
	x := read(t, text)
	r, err := sweep.Run(t.Context(), x.Plant, x.Uses, sweep.Options{Trials: x.Trials, Workloads: []string{"website"}})
	require.NoError(t, err)
	swept := Swept("plant.yaml", r)
	assert.False(t, swept.Failed())
	said := map[string]finding.Finding{}
	for _, f := range swept.Findings {
		said[f.Fingerprint()] = f
	}
	alone := 0
	for _, f := range check(t, text, "default: {failures: 0}\nworkloads: {website: {failures: 1}}\n").Findings {
		if f.Rule != "single-point" {
			continue
		}
		alone++
		assert.Equal(t, f, said[f.Fingerprint()], "a check says this too")
	}
	assert.Positive(t, alone)
	assert.Equal(t, finding.Warning, said["cut-set core1 + link edge1:in2"].Severity)
	assert.Equal(t, finding.Warning, said["connected-yet-down link edge1:in1 + link peer-link"].Severity)
}
