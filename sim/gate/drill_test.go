package gate

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// drilled plays a scenario on the plant with the uplinks, and gives what the rule says of it.
func drilled(t *testing.T, scenario string) []finding.Finding {
	t.Helper()
	x := read(t, uplinks)
	x.Play = func(ctx context.Context, name string) (*sim.Log, error) {
		sc, err := scenarios.Parse(name, []byte(scenario), scenarios.Options{Topology: "plant.yaml", TopologyText: uplinks})
		if err != nil {
			return nil, err
		}
		return sim.Play(ctx, model.Engine{}, sc, sim.Options{})
	}
	r, err := Check(context.Background(), x, Options{Scenarios: []yamlfile.Word{{Text: "drill.yaml"}}})
	require.NoError(t, err)
	var all []finding.Finding
	for _, f := range r.Findings {
		if f.Rule == "scenario" {
			all = append(all, f)
		}
	}
	return all
}

func TestScenariosMustHold(t *testing.T) {
	const cut = "topology: plant.yaml\ntimeline: {cut: {link-down: up1, for: 40s}}\n"
	all := drilled(t, cut)
	require.Len(t, all, 1)
	assert.Equal(t, finding.Error, all[0].Severity)
	assert.Equal(t, "drill: session", all[0].Subject)
	assert.Contains(t, all[0].Message, "scenario drill does not hold: session is to have")
	assert.InDelta(t, 40*time.Second.Seconds(), all[0].Measure, 35, "TCP comes back at a retransmission")

	all = drilled(t, cut+"must_survive: {session: {outage: '<= 10m'}}")
	require.Len(t, all, 1)
	assert.Equal(t, finding.Note, all[0].Severity, "it holds, and how long it was gone is for comparison")
	assert.Positive(t, all[0].Measure)

	// With expectations they decide, and what did not survive is as expected.
	all = drilled(t, cut+"expect: {gone: {session: {outage: '>= 30s'}}}")
	for _, f := range all {
		assert.Equal(t, finding.Note, f.Severity, f.Message)
	}
	all = drilled(t, cut+"expect: {well: {session: {outages: 0}}}")
	require.NotEmpty(t, all)
	assert.Equal(t, "drill: well", all[0].Subject)

	all = drilled(t, "topology: plant.yaml\ntimeline: {}\n")
	require.Len(t, all, 1)
	assert.Equal(t, finding.Error, all[0].Severity)
	assert.Contains(t, all[0].Message, "scenario drill proves nothing here: nothing was broken")
}
