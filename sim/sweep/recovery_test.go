package sweep

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
)

const oneOptic = `
name: one
networks: {san: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    sw1: {kind: switch}
    hv1: {kind: host, ports: {nic: {to: sw1}}}
    array: {kind: storage, ports: {e0: {to: sw1, optic: SR}}}
workloads:
  storage: {kind: reach, from: hv1, to: array}
`

// recovered sweeps the plant for single failures and has people get over all sets.
func recovered(t *testing.T, people string) *Result {
	t.Helper()
	sc, err := scenarios.Try("plant.yaml", nil, scenarios.Options{Topology: "plant.yaml", TopologyText: oneOptic, People: people})
	require.NoError(t, err)
	rates, err := ParseRates("", nil, sc.Plant)
	require.NoError(t, err)
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Depth: 1})
	require.NoError(t, err)
	require.NoError(t, r.Recover(t.Context(), 10, People{Words: "these people", Recovery: sc.Recovery, Start: sc.Start, Rates: rates}, trials(sc)))
	return r
}

// of finds the recovery from what is called so.
func (x *Recoveries) of(t *testing.T, name string) *Recovery {
	t.Helper()
	for i := range x.All {
		if x.All[i].name() == name {
			return &x.All[i]
		}
	}
	require.Fail(t, "nobody got over "+name)
	return nil
}

// TestPartsAndPeopleMakeTheWorstRecoveries: a dead transceiver is found, taken out, ordered, and fitted when it comes; a
// cable is only plugged in; a switch comes back when its repair takes the longest, and boots.
func TestPartsAndPeopleMakeTheWorstRecoveries(t *testing.T) {
	x := recovered(t, scenarios.OnCall).Recoveries
	assert.Equal(t, 5, x.Of)
	require.Len(t, x.All, 5)
	for i := range x.All[1:] {
		assert.GreaterOrEqual(t, x.All[i].worst().compare(x.All[i+1].worst()), 0, "the longest come first")
	}
	optic := x.of(t, "transceiver array:e0")
	assert.Equal(t, "optic: waiting for the part", optic.Longest)
	assert.Equal(t, 4*time.Hour, optic.Took)
	assert.Greater(t, optic.worst().Gone, 4*time.Hour+40*time.Minute)
	assert.Less(t, x.of(t, "link hv1:nic").worst().Gone, time.Hour)
	assert.Greater(t, x.of(t, "sw1").worst().Gone, 4*time.Hour+18*time.Minute)
}

// TestWhatNobodyCanGetIsMissedForGood: without a part that can be had, the transceiver stays dead, and the sweep says why.
func TestWhatNobodyCanGetIsMissedForGood(t *testing.T) {
	r := recovered(t, "testdata/no-parts.yaml")
	optic := r.Recoveries.of(t, "transceiver array:e0")
	assert.True(t, optic.worst().Open)
	assert.Equal(t, "fit-part waits for a SR, of which there is no spare and no order", optic.Stuck)
	assert.Same(t, optic, &r.Recoveries.All[0], "what is not over is worse than all else")
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, r))
	assert.Contains(t, b.String(), "Worst recoveries: 5 of 5 sets, those that hit most, each once in the model with these people.")
	assert.Regexp(t, `for good +transceiver array:e0 +storage for good`, b.String())
	b.Reset()
	require.NoError(t, WriteJSON(&b, r))
	assert.Contains(t, b.String(), `"gone_seconds": null`)
}

// TestPeopleWhoDoNotComeAreRefused: a scenario without teams lends nobody.
func TestPeopleWhoDoNotComeAreRefused(t *testing.T) {
	_, err := scenarios.Try("two-core", nil, scenarios.Options{People: "core-pair-reboot"})
	assert.ErrorContains(t, err, "nobody would come: core-pair-reboot has no teams")
}
