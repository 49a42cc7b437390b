package check

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestUnreachableMeansAllMembers(t *testing.T) {
	assert.Equal(t, sim.Failed, (&Unreachable{Moment{"mail", 15 * s}}).Judge(half()).Outcome, "mail/2 is there")
	y := simtest.NewStory()
	y.At(10*s).Out("mail/1", 0)
	y.Out("mail/2", 0)
	j := (&Unreachable{Moment{"mail", 15 * s}}).Judge(y.At(20 * s).End("played"))
	assert.Equal(t, sim.Passed, j.Outcome)
	assert.Equal(t, "not served", j.Got)
	assert.Len(t, j.Evidence, 2)
}
