package prediction_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// readBack is a log in which web reads back its disk and finds so much.
func readBack(found ...sim.IntegrityData) *sim.Log {
	y := simtest.NewStory(sim.UseData{ID: "web", Members: 1})
	for n, d := range found {
		y.At(time.Duration(n+1)*time.Second).Log.Add(0, "web", d)
	}
	return y.At(1000 * time.Second).End("played")
}

func TestCompareHoldsWhatDisksHaveLostAgainstWhatIsPredicted(t *testing.T) {
	well, hurt := sim.IntegrityData{Intact: 16}, sim.IntegrityData{Intact: 3, Lost: 13}
	for name, c := range map[string]struct {
		measured  *sim.Log
		predicted []*sim.Log
		want      []string
	}{
		"all well":           {readBack(well), []*sim.Log{readBack(well), readBack(well)}, nil},
		"nobody looked":      {readBack(), []*sim.Log{readBack(well)}, nil},
		"both lost":          {readBack(hurt, well), []*sim.Log{readBack(well, hurt)}, nil},
		"either, it is lost": {readBack(hurt), []*sim.Log{readBack(well), readBack(hurt)}, nil},
		"either, it is not":  {readBack(well), []*sim.Log{readBack(well), readBack(hurt)}, nil},
		"not predicted":      {readBack(well, hurt), []*sim.Log{readBack(well), readBack()}, []string{"web: data: measured lost, torn or stale, predicted intact"}},
		"a liar not found":   {readBack(well), []*sim.Log{readBack(hurt), readBack(hurt)}, []string{"web: data: measured no damage found, predicted lost, torn or stale"}},
		"nobody looked at a liar's": {
			readBack(), []*sim.Log{readBack(hurt)}, []string{"web: data: measured no damage found, predicted lost, torn or stale"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range prediction.Compare(c.measured, c.predicted...) {
				got = append(got, d.String())
			}
			assert.Equal(t, c.want, got)
		})
	}
}
