package recovery_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// lacking is a survivor that lacks a VLAN: no port is without carrier but those of the dead core.
const lacking = `
name: lacking
topology: tagged-core
start: "2023-06-01T13:00"
zone: America/Chicago
seed: 1
teams: {noc: {people: 2}}
timeline: {forgotten: {at: 0s, vlan-missing: {target: "hv[1-4]:vmnic1", network: storage-b}}, dead: {at: 1m, for: 4h, power-off: core1}}
`

func TestAMissingVLANIsFoundByComparing(t *testing.T) {
	assert.Equal(t, []string{
		"6m0s compare-vlans trunks begun", "16m0s compare-vlans trunks ended: VLAN 22 (storage-b) missing on core2",
		"16m0s add-vlan core2 storage-b begun", "18m0s core2 add VLAN", "18m0s add-vlan core2 storage-b ended",
	}, told(run(t, lacking), "compare-vlans", "add-vlan", "core2"))
}

func TestWhatAChangeTookOffIsTakenBack(t *testing.T) {
	got := told(run(t, lacking, `timeline: {paste: {at: 0s, config-push: {target: core2, effect: vlan, `+
		`drops_vlans: [{target: "hv[1-4]:vmnic1", network: storage-b}]}}, dead: {at: 1m, for: 4h, power-off: core1}}`),
		"compare-vlans", "add-vlan", "roll-back", "core2")
	assert.Equal(t, []string{
		"6m0s compare-vlans trunks begun", "16m0s compare-vlans trunks ended: VLAN 22 (storage-b) missing on core2",
		"16m0s roll-back core2 begun", "26m0s core2 roll back", "26m0s roll-back core2 ended",
	}, got)
}

// TestTrunksAreComparedOnce: as long as conversations fail for another reason, looking again would find nothing else.
func TestTrunksAreComparedOnce(t *testing.T) {
	got := told(run(t, lacking, `timeline: {dead: {at: 1m, for: 4h, power-off: [core1, core2]}}`), "compare-vlans")
	assert.Equal(t, []string{"6m0s compare-vlans trunks begun", "16m0s compare-vlans trunks ended: nothing missing"}, got)
}

// TestAllTrunksAreInOrder: while nobody is unserved, nobody looks for what is missing.
func TestAllTrunksAreInOrder(t *testing.T) {
	assert.Empty(t, told(run(t, lacking, `timeline: {dead: {at: 1m, for: 4h, power-off: core1}}`), "compare-vlans"))
}

func TestWithoutVLANsThereIsNothingToCompare(t *testing.T) {
	assert.Empty(t, told(run(t, twoOptics), "compare-vlans"))
}
