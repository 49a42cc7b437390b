package kernel

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
)

func TestTheKernelHasWhatEveryPlantNeeds(t *testing.T) {
	near, far := streams(t)
	far.Handle(CapabilitiesVerb, serveCapabilities)
	var all []sim.Capability
	require.NoError(t, near.Call(CapabilitiesVerb, nil, &all))
	status := map[string]sim.Status{}
	for _, c := range all {
		t.Log(c.Status, c.Name, c.Why)
		status[c.Name] = c.Status
		assert.NotEmpty(t, c.Why)
	}
	for _, need := range []string{
		"network namespaces", "veth pairs", "bridges", "filters at ports", "equal-cost routes", "time stamps of arrivals",
		"ping sockets", "packet capture", "building",
	} {
		assert.Equal(t, sim.Native, status[need], need)
	}
	assert.NotEqual(t, sim.Missing, status["active-backup bonds"])
}

func TestATrialThatFailsSaysWhatHelps(t *testing.T) {
	c, err := trial{name: "x", try: in(func() error { return unix.EOPNOTSUPP }), without: sim.Emulated, why: "sudo modprobe x"}.outcome()
	require.NoError(t, err)
	require.Equal(t, sim.Capability{Name: "x", Status: sim.Emulated, Why: "sudo modprobe x (operation not supported)"}, c)
}
