package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
)

// disagreeing is a world whose members are all predicted served and measured not.
func disagreeing(t *testing.T) *World {
	sc, err := scenarios.Load("conduit-cut", scenarios.Options{})
	require.NoError(t, err)
	nothing := &condition{fabric: &fabric{layout: &layout{}}}
	w := &World{clock: NewClock(false), cond: nothing, bonds: &bonds{condition: nothing}, storage: &storage{}}
	w.env = sim.Env{Plant: sc.Plant, Loop: sim.NewLoop(w.clock), Log: sim.NewLog(w.clock.Now, nil)}
	w.shadow, err = model.New(sim.Env{Plant: sc.Plant, Loop: w.env.Loop}, model.Options{})
	require.NoError(t, err)
	for _, u := range sc.Uses {
		for _, m := range u.Members {
			require.NoError(t, w.shadow.Start(m))
			if !w.shadow.Agrees(m, false) {
				w.lives = append(w.lives, &life{member: m, tracker: sim.NewTracker(time.Second, func() {})})
			}
		}
	}
	return w
}

// What never comes is waited for once, not once for each member: with hundreds of them that would be hours.
func TestAllMembersLosePatienceTogether(t *testing.T) {
	w := disagreeing(t)
	require.Greater(t, len(w.lives), 2)
	assert.Contains(t, w.Unsettled(), "is measured not served and predicted served")
	w.clock.base = w.clock.base.Add(-patience)
	assert.NotEmpty(t, w.Unsettled())
	assert.Empty(t, w.env.Log.Events(), "the steady state takes its time")
	w.clock.Zero()
	w.Unsettled()
	assert.Len(t, w.env.Log.Events(), len(w.lives), "each of them disagrees, at the same moment")
	w.Unsettled()
	assert.Len(t, w.env.Log.Events(), len(w.lives), "and says so once")
}

// A plant may take long until all are served. That they were not is no reason to be less patient with who still is when the
// first fault strikes.
func TestPatienceBeginsAnewWithThePrediction(t *testing.T) {
	w := disagreeing(t)
	for _, l := range w.lives {
		l.disagrees, l.foretold = 1, false
	}
	w.clock.base = w.clock.base.Add(-patience)
	w.clock.Zero()
	assert.NotEmpty(t, w.Unsettled())
	assert.Empty(t, w.env.Log.Events())
	w.clock.base = w.clock.base.Add(-patience)
	w.Unsettled()
	assert.Len(t, w.env.Log.Events(), len(w.lives))
}

// doubted is a talk whose law never knows for sure.
type doubted struct{ sim.Talk }

func (d doubted) Predict(v sim.Viewer) sim.Machine { return doubt{v} }

type doubt struct{ sim.Viewer }

func (d doubt) Path(usable bool) { d.Served(usable) }
func (d doubt) Sure() bool       { return false }

// A connection may be back any moment, and a run that ended before would call it gone for good.
func TestWhatTheLawLeavesOpenIsWaitedForAndNoDisagreement(t *testing.T) {
	w := disagreeing(t)
	m := *w.lives[0].member
	m.Talk = doubted{m.Talk}
	require.NoError(t, w.shadow.Start(&m))
	require.True(t, w.shadow.Served(&m) && w.shadow.Agrees(&m, false))
	w.lives = []*life{{member: &m, tracker: sim.NewTracker(time.Second, func() {})}}
	w.clock.Zero()
	assert.Contains(t, w.Unsettled(), "is measured not served and predicted served")
	w.clock.base = w.clock.base.Add(-patience)
	assert.Empty(t, w.Unsettled())
	assert.Empty(t, w.env.Log.Events())
}
