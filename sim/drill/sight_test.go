package drill_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
)

// shown is how the wall shows a workload.
func (h *held) shown(workload string) drill.Light {
	h.t.Helper()
	for _, l := range h.wall().Monitoring {
		if l.Workload == workload {
			return l
		}
	}
	h.t.Fatalf("monitoring does not show %s", workload)
	return drill.Light{}
}

// TestMonitoringGoesBlindWithItsNetwork: the machine that monitoring runs on has lost its network, and nothing else has.
func TestMonitoringGoesBlindWithItsNetwork(t *testing.T) {
	h := hold(t, "night-shift", nil)
	before := h.shown("hosted")
	assert.Zero(t, before.Unseen)
	h.must("do", "what", "shut", "target", "hv3:vmnic0, hv3:vmnic1", "takes", "0s")
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "30s")

	hosted := h.shown("hosted")
	assert.Equal(t, before.Of, hosted.Served, "it shows how they were")
	assert.Greater(t, hosted.Unseen, 0, "and says that it has no data of those elsewhere")
	assert.Less(t, hosted.Unseen, hosted.Of, "those on its own host it sees without a network")
	assert.Equal(t, sim.Seconds(0), *hosted.Since)
	assert.Equal(t, before.Of, h.really("hosted").Served, "in truth all is well")
	assert.Zero(t, h.shown("monitor").Unseen, "it is alive itself")
}

// really is how a workload is in truth.
func (h *held) really(workload string) drill.Light {
	h.t.Helper()
	for _, l := range h.facilitator().Truth.Workloads {
		if l.Workload == workload {
			return l
		}
	}
	h.t.Fatalf("there is no %s", workload)
	return drill.Light{}
}
