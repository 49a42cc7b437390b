package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestDataLost(t *testing.T) {
	for name, c := range map[string]struct {
		found map[string]sim.IntegrityData
		want  sim.Outcome
		got   string
	}{
		"nobody looked":   {nil, sim.Inconclusive, "no disk of mail was read back"},
		"somebody else's": {map[string]sim.IntegrityData{"web": {Lost: 16}}, sim.Inconclusive, "no disk of mail was read back"},
		"all well":        {map[string]sim.IntegrityData{"mail/1": {Intact: 16}, "mail/2": {Intact: 9}}, sim.Failed, "25 records of 2 of 2 members intact"},
		"one lost, one torn": {
			map[string]sim.IntegrityData{"mail/1": {Intact: 16}, "mail/2": {Intact: 9, Lost: 1, Torn: 1, Back: sim.Seconds(3 * time.Second)}},
			sim.Passed, "1 of 2 members, mail/2: 1 lost, 1 torn, 0 stale, back to 3s before",
		},
	} {
		t.Run(name, func(t *testing.T) {
			y := simtest.NewStory()
			for member, found := range c.found {
				y.At(10*s).Log.Add(0, member, found)
			}
			j := (&DataLost{"mail"}).Judge(y.End("played"))
			assert.Equal(t, c.want, j.Outcome)
			assert.Equal(t, c.got, j.Got)
			assert.Equal(t, c.want != sim.Inconclusive, len(j.Evidence) > 0)
		})
	}
	assert.Error(t, (&DataLost{"x"}).Resolve(&sim.Scenario{}))
}
