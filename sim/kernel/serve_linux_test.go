package kernel

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/gopacket/pcapgo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/capture"
)

func TestAWorldAnswersTheOutside(t *testing.T) {
	near, far := streams(t)
	e, plant := Engine{RealTime: true}, twoCore()
	clock := e.Clock()
	w, err := e.Open(t.Context(), clock, sim.Env{Plant: plant, Loop: sim.NewLoop(clock), Log: sim.NewLog(clock.Now, nil)})
	require.NoError(t, err)
	defer func() { require.NoError(t, w.Close()) }()
	Serve(w, far)
	for _, n := range plant.Nodes {
		var out bytes.Buffer
		code, err := Exec(t.Context(), near, Command{Node: n.ID, Args: []string{"hostname"}}, Stdio{Out: &out})
		require.NoError(t, err)
		assert.Equal(t, 0, code)
		assert.Equal(t, n.ID+"\n", out.String())
	}
	_, err = Exec(t.Context(), near, Command{Node: plant.Nodes[0].ID + "x", Args: []string{"hostname"}}, Stdio{})
	require.ErrorContains(t, err, "did you mean")
	link := plant.Links[0]
	ctx, cancel := context.WithCancel(t.Context())
	var file bytes.Buffer
	require.NoError(t, capture.Run(ctx, near, link.A.String(), &file, cancel))
	r, err := pcapgo.NewNgReader(&file, pcapgo.NgReaderOptions{})
	require.NoError(t, err)
	end, err := r.Interface(0)
	require.NoError(t, err)
	assert.Contains(t, end.Name, link.A.String())
}
