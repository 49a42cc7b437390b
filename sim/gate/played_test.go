package gate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

// played checks a plant, and gives its findings by their fingerprints.
func played(t *testing.T, plant string, policy string) map[string]finding.Finding {
	t.Helper()
	all := map[string]finding.Finding{}
	for _, f := range check(t, plant, policy).Findings {
		all[f.Fingerprint()] = f
	}
	return all
}

// uplinks has hosts whose bond sees the carrier of its switch, and not that of the uplink behind it.
const uplinks = `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    core: {kind: switch}
    sw1: {kind: switch}
    sw2: {kind: switch}
    h: {kind: host, ports: {e0: sw1, e1: sw2}, bonds: {team: {members: [e0, e1]}}}
    db: {kind: host, ports: {e0: core}}
  links:
    up1: {endpoints: [sw1, core]}
    up2: {endpoints: [sw2, core]}
workloads:
  session: {kind: tcp, from: h, to: db, network: lan}
`

func TestABondThatStaysIsFound(t *testing.T) {
	all := played(t, uplinks, "default: 1")
	f, found := all["connected-yet-down link up1"]
	require.True(t, found, "%v", all)
	assert.Equal(t, "without link up1 there is a path for session, and still no service", f.Message)
	assert.Equal(t, "plant.yaml:11:5", f.Pos.String())
	assert.NotContains(t, all, "connected-yet-down link up2", "the bond does not use it")
	assert.NotContains(t, all, "single-point link up1")
	assert.NotContains(t, played(t, uplinks, "workloads: {session: 0}"), "connected-yet-down link up1")
}

func TestRecoveryIsHeldAgainstThePolicyAndTheUsers(t *testing.T) {
	plant, err := topology.Text("two-core")
	require.NoError(t, err)
	early := strings.Replace(plant, "miimon: 100ms, updelay: 3m}", "miimon: 100ms}", 1)
	require.NotEqual(t, plant, early)

	well := played(t, plant, "default: 1")["recovery cluster"]
	assert.Equal(t, finding.Note, well.Severity)
	assert.Equal(t, "cluster is gone for up to 100ms when core1 fails and returns", well.Message)
	assert.Equal(t, finding.Error, played(t, plant, "workloads: {cluster: {within: 50ms}}")["recovery cluster"].Severity)

	// Without updelay the bond returns to a core that has carrier and does not forward: 54 s, 60 s and 30 s of boot.
	dark := played(t, early, "default: 1")["recovery cluster"]
	assert.Equal(t, finding.Warning, dark.Severity)
	assert.InDelta(t, 144, dark.Measure, 1.5)
	assert.Contains(t, dark.Message, "and its users tolerate 1s")
	assert.Equal(t, finding.Note, played(t, early, "workloads: {cluster: {within: 3m}}")["recovery cluster"].Severity)
}
