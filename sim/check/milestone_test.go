package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// crew is people who do nothing.
type crew struct{}

func (crew) Begin(*sim.Hands) func() { return func() {} }
func (crew) Names() []string         { return []string{"noc"} }

func TestMilestone(t *testing.T) {
	sc := &sim.Scenario{Start: time.Date(2023, 6, 1, 13, 0, 0, 0, time.UTC), Recovery: crew{}}
	y := simtest.NewStory()
	y.At(4*time.Hour).Log.Add(0, sim.StorageUp, sim.MilestoneData{})
	log := y.End("played")
	for name, c := range map[string]struct {
		check Milestone
		want  sim.Outcome
		got   string
	}{
		"in time":     {Milestone{Name: sim.StorageUp, Between: []string{"16:30", "17:30"}}, sim.Passed, "storage-up at 4h0m0s"},
		"whenever":    {Milestone{Name: sim.StorageUp}, sim.Passed, "storage-up at 4h0m0s"},
		"too late":    {Milestone{Name: sim.StorageUp, Between: []string{"1h", "2h"}}, sim.Failed, "storage-up at 4h0m0s"},
		"too early":   {Milestone{Name: sim.StorageUp, Between: []string{"5h", "6h"}}, sim.Failed, "storage-up at 4h0m0s"},
		"not reached": {Milestone{Name: sim.AllBooted}, sim.Failed, "not reached"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.check.Resolve(sc))
			j := c.check.Judge(log)
			assert.Equal(t, c.want, j.Outcome)
			assert.Equal(t, c.got, j.Got)
		})
	}
}

func TestMilestonesThatAreNone(t *testing.T) {
	with, without := &sim.Scenario{Recovery: crew{}}, &sim.Scenario{}
	for want, c := range map[string]struct {
		check Milestone
		sc    *sim.Scenario
	}{
		`no milestone "storage"`: {Milestone{Name: "storage"}, with},
		"has no teams":           {Milestone{Name: sim.Detected}, without},
		"wants two moments":      {Milestone{Name: sim.Detected, Between: []string{"1h"}}, with},
		"ends before it begins":  {Milestone{Name: sim.Detected, Between: []string{"2h", "1h"}}, with},
		"needs a start":          {Milestone{Name: sim.Detected, Between: []string{"17:00", "18:00"}}, with},
	} {
		assert.ErrorContains(t, c.check.Resolve(c.sc), want)
	}
}
