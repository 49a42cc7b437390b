package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
)

// Between what and what a share may lie that somebody measures who samples some times for longer than others.
func TestLossOverAllSampledTime(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		spells spells
		want   [2]float64
		late   time.Duration
	}{
		"none":                  {nil, [2]float64{}, 0},
		"always the same":       {spells{{0.2, 5 * s, 10 * s, 90 * s}}, [2]float64{0.2, 0.2}, 5 * s},
		"nothing lost at first": {spells{{0, 0, 0, 10 * s}, {0.2, 5 * s, 10 * s, 10 * s}}, [2]float64{0.1, 0.2}, 5 * s},
		"hardly ever":           {spells{{0, 0, 0, 99 * s}, {0.2, 5 * s, 1 * s, 1 * s}}, [2]float64{0.002, 0.2}, 0},
		"three times":           {spells{{0.5, s, 10 * s, 30 * s}, {0.1, 0, 10 * s, 10 * s}, {0, 0, 0, 20 * s}}, [2]float64{6.0 / 40, 16.0 / 40}, s},
	} {
		t.Run(name, func(t *testing.T) {
			assert.InDeltaSlice(t, c.want[:], func() []float64 { l := c.spells.loss(); return l[:] }(), 1e-9)
			assert.Equal(t, c.late, c.spells.late())
		})
	}
}

func TestChanceIsSampledForAMinuteAndTheRestMayBeJumpedOver(t *testing.T) {
	chance := sim.Odds{Chance: sim.Chance{Share: 0.1}}
	assert.Equal(t, spell{0, 0, 0, time.Hour}, spellOf(sim.Odds{}, time.Hour, 0))
	assert.Equal(t, spell{0.1, time.Second, time.Minute, time.Hour}, spellOf(chance, time.Hour, time.Second))
	assert.Equal(t, spell{0.1, 0, time.Second, time.Second}, spellOf(chance, time.Second, 0))
	end := spells{spellOf(chance, 0, 0)}
	end.last()
	assert.Equal(t, spells{{0.1, 0, time.Minute, time.Minute}}, end)
}
