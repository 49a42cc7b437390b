package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

func TestPolicyLiesOverEveryChange(t *testing.T) {
	sc := load(t, `
topology: two-core
change: {rollout: serial, gate: {served: internet}}
timeline:
  paste: {config-push: {target: core, rollout: all-at-once}}
  other: {at: 1h, reboot: core1}
`, Options{})
	assert.Equal(t, "config-push core, rollout serial, gate served: internet", sc.Timeline[0].Text)
	assert.Equal(t, "reboot core1", sc.Timeline[1].Text)
}

func TestVariantsKnowTheirName(t *testing.T) {
	const text = "topology: two-core\nteams: {noc: {people: 4}}\ntimeline: {a: {reboot: core1}}\nvariants: {more: {teams: {noc: {people: 5}}}}\n"
	sc := load(t, text, Options{Variant: "more"})
	assert.Equal(t, "more", sc.Variant)
	again, err := Replay(sim.HeaderData{Text: sc.Text, Topology: sc.TopologyText})
	require.NoError(t, err)
	assert.Equal(t, "more", again.Variant, "the log alone says so")
	assert.Equal(t, []string{"noc"}, again.Recovery.Names())
	assert.Empty(t, load(t, text, Options{}).Variant)
}

func TestSettingsGoOverTheVariant(t *testing.T) {
	sc := load(t, "topology: two-core\nteams: {noc: {people: 4}}\ntimeline: {a: {reboot: core1}}\n", Options{Set: []Setting{{"teams.noc.people", "7"}, {"seed", "9"}}})
	assert.Contains(t, sc.Text, "people: 7")
	assert.Equal(t, uint64(9), sc.Seed)
}

func TestNobodyComesWithoutTeams(t *testing.T) {
	assert.Nil(t, load(t, "topology: two-core\ntimeline: {a: {reboot: core1}}\n", Options{}).Recovery)
}
