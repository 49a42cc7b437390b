package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

func TestLimitsOnTimes(t *testing.T) {
	const ms = float64(time.Millisecond)
	for text, c := range map[string]struct{ pass, fail, unsure [2]float64 }{
		"<= 30s":            {pass: [2]float64{29990 * ms, 10 * ms}, fail: [2]float64{30011 * ms, 10 * ms}, unsure: [2]float64{30001 * ms, 10 * ms}},
		"< 30s":             {pass: [2]float64{29999 * ms, 0}, fail: [2]float64{30000 * ms, 0}, unsure: [2]float64{29995 * ms, 5 * ms}},
		">= 30s":            {pass: [2]float64{30010 * ms, 10 * ms}, fail: [2]float64{29000 * ms, 10 * ms}, unsure: [2]float64{30001 * ms, 10 * ms}},
		"> 30s":             {pass: [2]float64{30001 * ms, 0}, fail: [2]float64{30000 * ms, 0}, unsure: [2]float64{30005 * ms, 5 * ms}},
		"at most 30s":       {pass: [2]float64{30000 * ms, 0}, fail: [2]float64{30001 * ms, 0}, unsure: [2]float64{30000 * ms, 1}},
		"at  least 1h":      {pass: [2]float64{3600e3 * ms, 0}, fail: [2]float64{3599e3 * ms, 0}, unsure: [2]float64{3600e3 * ms, 1}},
		"between 6m, 6m10s": {pass: [2]float64{365e3 * ms, 5e3 * ms}, fail: [2]float64{371e3 * ms, 500 * ms}, unsure: [2]float64{370e3 * ms, 1}},
		"between 1s and 2s": {pass: [2]float64{1500 * ms, 0}, fail: [2]float64{500 * ms, 0}, unsure: [2]float64{1000 * ms, 1}},
	} {
		t.Run(text, func(t *testing.T) {
			var l Time
			require.NoError(t, l.UnmarshalText([]byte(text)))
			assert.Equal(t, sim.Passed, l.judge(about(c.pass[0], c.pass[1])))
			assert.Equal(t, sim.Failed, l.judge(about(c.fail[0], c.fail[1])))
			assert.Equal(t, sim.Inconclusive, l.judge(about(c.unsure[0], c.unsure[1])))
		})
	}
}

func TestLimitsOnNumbersAndShares(t *testing.T) {
	var two, most Count
	require.NoError(t, two.UnmarshalText([]byte("2")))
	require.NoError(t, most.UnmarshalText([]byte("<= 2")))
	assert.Equal(t, sim.Passed, two.judge(value{2, 2}))
	assert.Equal(t, sim.Failed, two.judge(value{1, 1}))
	assert.Equal(t, sim.Passed, most.judge(value{1, 1}))
	assert.Equal(t, sim.Failed, most.judge(value{3, 3}))
	var loss Share
	require.NoError(t, loss.UnmarshalText([]byte("< 1%")))
	assert.Equal(t, sim.Passed, loss.judge(value{0.0099, 0.0099}))
	assert.Equal(t, sim.Failed, loss.judge(value{0.01, 0.01}))
	var never Count
	require.NoError(t, never.UnmarshalText([]byte("0")))
	assert.True(t, never.asked(), "zero is a limit too")
	assert.False(t, Count{}.asked())
}

func TestLimitsThatAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		"=< 30m":          "is no limit: write \"<= a\"",
		"30m":             "does not say which way",
		"<= 30":           "no unit",
		"<= soon":         "not a duration",
		"between 1s":      "two ends",
		"between 2s, 1s":  "ends before it begins",
		"between x, 1s":   "not a duration",
		"between 1s, two": "not a duration",
		"":                "not a duration",
	} {
		var l Time
		assert.ErrorContains(t, l.UnmarshalText([]byte(text)), want, text)
	}
	assert.ErrorContains(t, new(Count).UnmarshalText([]byte("1.5")), "not a whole number")
	assert.ErrorContains(t, new(Count).UnmarshalText([]byte("-1")), "not a whole number")
	assert.ErrorContains(t, new(Share).UnmarshalText([]byte("< 1")), "no unit")
}
