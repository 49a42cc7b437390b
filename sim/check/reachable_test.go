package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// half has mail/1 gone from 10 s to 20 s, give or take 10 ms.
func half() *sim.Log {
	y := simtest.NewStory().Outage("mail/1", 10*s, 20*s, 10*time.Millisecond, 0)
	return y.At(40 * s).End("played")
}

func TestReachable(t *testing.T) {
	for at, want := range map[time.Duration]sim.Outcome{
		5 * s: sim.Passed, 15 * s: sim.Failed, 20*s + 5*time.Millisecond: sim.Inconclusive, 30 * s: sim.Passed, 50 * s: sim.Inconclusive,
	} {
		j := (&Reachable{Moment{"mail", at}}).Judge(half())
		assert.Equal(t, want, j.Outcome, "at %s: %s", at, j.Got)
	}
	j := (&Reachable{Moment{"mail", 15 * s}}).Judge(half())
	assert.Equal(t, "mail/1 not served", j.Got)
	assert.Len(t, j.Evidence, 2)
	assert.Equal(t, sim.Inconclusive, (&Reachable{Moment{"web", 5 * s}}).Judge(half()).Outcome)
}

func TestMomentsLookUpTheirWorkload(t *testing.T) {
	sc := &sim.Scenario{Uses: []*sim.Use{{ID: "mail"}}}
	assert.NoError(t, (&Reachable{Moment{"mail", s}}).Resolve(sc))
	assert.Error(t, (&Unreachable{Moment{"web", s}}).Resolve(sc))
}
