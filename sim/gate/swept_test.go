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

// TestRecoveriesOfASweepNameTheirFindings: by the failures that they are about, and none where a host is its own end.
func TestRecoveriesOfASweepNameTheirFindings(t *testing.T) {
	text, err := topology.ReadText("two-core")
	require.NoError(t, err)
	x := read(t, text)
	r, err := sweep.Run(t.Context(), x.Plant, x.Uses, sweep.Options{Depth: 1, Trials: x.Trials, Workloads: []string{"website"}})
	require.NoError(t, err)
	assert.Nil(t, Swept("plant.yaml", r).Recoveries, "nobody was asked to recover")
	require.NoError(t, r.Recover(t.Context(), 100, sweep.People{Words: "nobody", Rates: x.Rates}, x.Trials))
	told := Swept("plant.yaml", r).Recoveries
	found := map[string]string{}
	for _, one := range told.All {
		found[one.What] = one.Found
		assert.Equal(t, "website", one.Gone[0].Workload)
	}
	assert.Equal(t, map[string]string{
		"edge1": "single-point edge1", "transceiver edge1:wan": "single-point link edge1:wan", "conduit north-duct": "single-point conduit north-duct",
		"all of core (shared change and firmware)": "shared-fate core: group core", "isp": "", "hv3": "", "hv4": "",
	}, found)
}
