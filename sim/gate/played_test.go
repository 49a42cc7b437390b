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
	assert.Equal(t, finding.Note, played(t, early, "workloads: {cluster: 0}")["recovery cluster"].Severity, "it may be lost")
}

func TestDowntimeOfAYearIsHeldAgainstThePolicy(t *testing.T) {
	f := played(t, uplinks, "default: 1")["downtime session"]
	assert.Equal(t, finding.Note, f.Severity)
	assert.Regexp(t, `^session: down for .* to .* a year$`, f.Message)
	assert.Positive(t, f.Measure)
	assert.Equal(t, finding.Error, played(t, uplinks, "workloads: {session: {downtime: 1m}}")["downtime session"].Severity)
	assert.Equal(t, finding.Note, played(t, uplinks, "workloads: {session: {downtime: 1000h}}")["downtime session"].Severity)
}

// trunks has two links between its switches, which a spanning tree keeps from being a loop.
const trunks = `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  defaults: {speed: 10G}
  nodes:
    up: {kind: switch, stp: true, ports: {t1: down, t2: down}}
    down: {kind: switch}
    h: {kind: host, count: 2, ports: {e0: up}}
    srv: {kind: host, ports: {e0: {to: down, speed: 40G}}}
workloads:
  backup: {kind: reach, from: h, to: srv, demand: 8G}
`

func TestBandwidthIsHeldAgainstWhatIsWanted(t *testing.T) {
	all := played(t, trunks, "default: 1")
	assert.Equal(t, finding.Note, all["bandwidth backup as things are"].Severity)
	f := all["bandwidth backup after one failure"]
	assert.Equal(t, finding.Warning, f.Severity)
	assert.Equal(t, "backup wants 16G, and without link up:t1 10G of it can be carried", f.Message)
	assert.Equal(t, "plant.yaml:6:43", f.Pos.String())
	assert.NotContains(t, played(t, trunks, "workloads: {backup: 0}"), "bandwidth backup after one failure", "it may be lost")

	tight := strings.Replace(trunks, "8G", "12G", 1)
	assert.Equal(t, finding.Warning, played(t, tight, "default: 1")["bandwidth backup as things are"].Severity)
	assert.NotContains(t, played(t, strings.Replace(trunks, "8G", "4G", 1), "default: 1"), "bandwidth backup after one failure")
}

func TestWhatTheModelCannotPlayIsSaid(t *testing.T) {
	r := check(t, strings.Replace(uplinks, "[e0, e1]", "[e0, e1], mode: lacp", 1), "")
	require.NotEmpty(t, r.Notes)
	assert.Contains(t, r.Notes[len(r.Notes)-1], "single failures were not played, only paths were looked at")
	assert.Contains(t, told(r, "bond-mode"), "error plant.yaml:8:56 h:team", "paths and rules are looked at all the same")
}
