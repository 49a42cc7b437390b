package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

// frozen is a log of two machines that cannot write from 10 s to 60 s, and answer no pings from 10 s to 20 s. The network
// is up at 20 s, storage at 60 s.
func frozen() *sim.Log {
	y := simtest.NewStory(sim.UseData{ID: "mail", Kind: "vm", Members: 2, Watches: []string{"ping"}})
	y.At(10 * s)
	for _, m := range []string{"mail/1", "mail/2", "mail/1 ping", "mail/2 ping"} {
		y.Out(m, 0)
	}
	y.At(20*s).Back("mail/1 ping", 10*s, 0)
	y.Back("mail/2 ping", 10*s, 0)
	y.Log.Add(0, sim.NetworkUp, sim.MilestoneData{})
	y.At(60*s).Log.Add(0, sim.StorageUp, sim.MilestoneData{})
	y.Back("mail/1", 10*s, 0)
	y.Back("mail/2", 10*s, 0)
	return y.At(90 * s).End("played")
}

func TestDuring(t *testing.T) {
	sc := &sim.Scenario{Plant: &topology.Plant{}, Recovery: crew{}, Uses: []*sim.Use{{ID: "mail", Watches: []*sim.Member{{}}}}}
	for name, c := range map[string]struct {
		check During
		want  sim.Outcome
		got   string
	}{
		"pings but frozen": {During{Ping: "ok", Write: "stalled", From: sim.NetworkUp, To: sim.StorageUp}, sim.Passed, "all the time, from 25s to 55s"},
		"silent at first":  {During{Ping: "silent", From: "10s", To: sim.NetworkUp}, sim.Passed, "all the time, from 10s to 15s"},
		"well again":       {During{Ping: "ok", Write: "ok", From: sim.StorageUp}, sim.Passed, "all the time, from 1m5s to 1m30s"},
		"not frozen":       {During{Write: "stalled", From: "50s", To: "70s"}, sim.Failed, "mail/1 is served for 10s of 20s"},
		"not well":         {During{Write: "ok", From: "50s", To: "70s"}, sim.Failed, "mail/1 is served for 10s of 20s"},
		"never there":      {During{Write: "ok", From: sim.AllBooted}, sim.Failed, "there is no such time: all-booted was not reached"},
	} {
		t.Run(name, func(t *testing.T) {
			c.check.Workload = "mail"
			require.NoError(t, c.check.Resolve(sc))
			j := c.check.Judge(frozen())
			assert.Equal(t, c.want, j.Outcome)
			assert.Equal(t, c.got, j.Got)
		})
	}
}

func TestDuringWantsSomethingToLookAt(t *testing.T) {
	sc := &sim.Scenario{Plant: &topology.Plant{}, Recovery: crew{}, Uses: []*sim.Use{{ID: "mail"}}}
	for want, c := range map[string]During{
		"asks for nothing":     {Workload: "mail"},
		`no workload "mial"`:   {Workload: "mial", Write: "ok"},
		"nobody pings mail":    {Workload: "mail", Ping: "ok"},
		`no milestone "nightf`: {Workload: "mail", Write: "ok", From: "nightfall"},
		"is not a duration":    {Workload: "mail", Write: "ok", To: "3x"},
	} {
		assert.ErrorContains(t, c.Resolve(sc), want)
	}
}
