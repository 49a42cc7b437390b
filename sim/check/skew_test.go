package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestSkew(t *testing.T) {
	const us = time.Microsecond
	y := simtest.NewStory()
	paste := y.At(s).Fault("paste", "")
	y.Log.Add(paste, "", sim.SkewData{Members: 2, Forwarding: sim.Seconds(300 * us), Carrier: sim.Seconds(4000 * us), Resolution: sim.Seconds(50 * us)})
	y.Fault("other", "")
	log := y.End("played")
	for yaml, want := range map[string]sim.Outcome{
		`{entry: paste, forwarding: "< 1ms"}`:                    sim.Passed,
		`{entry: paste, forwarding: "< 200us"}`:                  sim.Failed,
		`{entry: paste, forwarding: "< 320us"}`:                  sim.Inconclusive,
		`{entry: paste, forwarding: "< 1ms", carrier: "< 1ms"}`:  sim.Failed,
		`{entry: paste, forwarding: "< 1ms", carrier: "<= 5ms"}`: sim.Passed,
		`{entry: other, forwarding: "< 1ms"}`:                    sim.Inconclusive,
	} {
		j := decode[Skew](t, yaml).Judge(log)
		assert.Equal(t, want, j.Outcome, "%s: %s", yaml, j.Got)
		assert.NotEmpty(t, j.Want)
	}
	j := decode[Skew](t, `{entry: paste, forwarding: "< 1ms"}`).Judge(log)
	assert.Equal(t, "forwarding 300µs over 2 nodes", j.Got)
	assert.Equal(t, []int{paste + 1}, j.Evidence)
}

func TestSkewMustAskForSomething(t *testing.T) {
	sc := &sim.Scenario{Timeline: []*sim.Entry{{ID: "paste"}}}
	assert.ErrorContains(t, (&Skew{Entry: "paste"}).Resolve(sc), "asks for nothing")
	assert.Error(t, decode[Skew](t, `{entry: past, carrier: "< 1ms"}`).Resolve(sc))
	assert.NoError(t, decode[Skew](t, `{entry: paste, carrier: "< 1ms"}`).Resolve(sc))
}
