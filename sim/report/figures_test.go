package report

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestFiguresOfAllMembersTogether(t *testing.T) {
	s := simtest.NewStory(sim.UseData{ID: "calls", Kind: "voip", Members: 2, Tolerates: 1})
	for i, member := range []string{"calls/1", "calls/2"} {
		n := float64(i + 1)
		s.Log.Add(0, member, sim.StatsData{Figures: []sim.Figure{
			{Name: "dropped calls", Value: n, Fold: sim.Sum},
			{Name: "MOS", Value: n, Fold: sim.Least},
			{Name: "jitter", Value: n / 4, Unit: "ms", Fold: sim.Most},
		}})
	}
	r := Read(s.Log)
	require.Len(t, r.Workloads, 1)
	var text bytes.Buffer
	require.NoError(t, Text(&text, r, Style{}))
	assert.Contains(t, text.String(), "calls: 3 dropped calls, MOS at least 1, jitter at most 0.5 ms\n")
}
