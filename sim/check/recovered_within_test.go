package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestRecoveredWithin(t *testing.T) {
	ended := func(y *simtest.Story) { y.At(20*s).Log.Add(0, "paste", sim.HealedData{}) }
	for name, c := range map[string]struct {
		story  func(*simtest.Story)
		within time.Duration
		want   sim.Outcome
		got    string
	}{
		"in time":      {func(y *simtest.Story) { y.At(10*s).Out("mail/1", 0); ended(y); y.At(22*s).Back("mail/1", 10*s, 0) }, 2 * s, sim.Passed, "mail/1: 2s"},
		"late":         {func(y *simtest.Story) { y.At(10*s).Out("mail/1", 0); ended(y); y.At(23*s).Back("mail/1", 10*s, 0) }, 2 * s, sim.Failed, "mail/1: 3s"},
		"not sure":     {func(y *simtest.Story) { y.At(10*s).Out("mail/1", 0); ended(y); y.At(22*s).Back("mail/1", 10*s, 1) }, 2 * s, sim.Inconclusive, "mail/1: 2s"},
		"already back": {func(y *simtest.Story) { y.Outage("mail/1", 10*s, 15*s, 0, 0); ended(y) }, 2 * s, sim.Passed, "mail/1: never gone"},
		"never back":   {func(y *simtest.Story) { y.At(10*s).Out("mail/2", 0); ended(y); y.At(60 * s) }, 2 * s, sim.Failed, "mail/2: not served again"},
		"gone again":   {func(y *simtest.Story) { ended(y); y.Outage("mail/2", 21*s, 24*s, 0, 0) }, 2 * s, sim.Failed, "mail/2: 4s"},
		"much later":   {func(y *simtest.Story) { ended(y); y.Outage("mail/2", 30*s, 44*s, 0, 0) }, 2 * s, sim.Passed, "mail/1: never gone"},
		"without end":  {func(y *simtest.Story) { y.Outage("mail/2", 10*s, 11*s, 0, 0) }, 1 * s, sim.Passed, "mail/2: 1s"},
	} {
		t.Run(name, func(t *testing.T) {
			y := simtest.NewStory()
			y.At(10*s).Fault("paste", "")
			c.story(y)
			j := (&RecoveredWithin{"mail", "paste", c.within}).Judge(y.End("played"))
			assert.Equal(t, c.want, j.Outcome)
			assert.Equal(t, c.got, j.Got)
			assert.NotEmpty(t, j.Evidence)
		})
	}
}

func TestRecoveredFromNothing(t *testing.T) {
	log := simtest.NewStory().End("played")
	assert.Equal(t, sim.Inconclusive, (&RecoveredWithin{"mail", "paste", s}).Judge(log).Outcome)
	sc := &sim.Scenario{Uses: []*sim.Use{{ID: "mail"}}, Timeline: []*sim.Entry{{ID: "paste"}}}
	assert.NoError(t, (&RecoveredWithin{"mail", "paste", s}).Resolve(sc))
	assert.Error(t, (&RecoveredWithin{"mail", "past", s}).Resolve(sc))
	assert.Error(t, (&RecoveredWithin{"x", "paste", s}).Resolve(sc))
}

func TestRecoveryOfARunCutShort(t *testing.T) {
	y := simtest.NewStory()
	y.At(10*s).Fault("paste", "")
	assert.Equal(t, sim.Inconclusive, (&RecoveredWithin{"mail", "paste", 5 * s}).Judge(y.At(12*s).End("interrupted")).Outcome)
	assert.Equal(t, sim.Passed, (&RecoveredWithin{"mail", "paste", 5 * s}).Judge(y.At(20*s).End("interrupted")).Outcome, "the time was up by then")
}
