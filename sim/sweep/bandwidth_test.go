package sweep

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

// TestWhatAFailureLeavesOfTheBandwidth: a pair that carries all of a demand alone does not, a feed takes what hangs on it,
// and a host that is gone wants nothing.
func TestWhatAFailureLeavesOfTheBandwidth(t *testing.T) {
	sc := written(t, `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  defaults: {speed: 10G}
  nodes:
    core: {kind: switch, stp: true, ports: {d1: {to: down}, d2: {to: down, conduit: duct}}}
    down: {kind: switch, feeds: [a]}
    h: {kind: host, count: 2, feeds: [b], ports: {e0: core}}
    srv: {kind: host, ports: {e0: {to: down, speed: 40G}}}
workloads:
  backup: {kind: reach, from: h, to: srv, demand: 8G}
  quiet: {kind: reach, from: h1, to: h2}
  small: {kind: reach, from: h1, to: srv, demand: 1G}
`)
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Depth: 1})
	require.NoError(t, err)
	b := r.Bandwidth
	require.Len(t, b.Demands, 3, "those who want something, and all together")
	assert.Equal(t, []string{"link core:d1: 10G of 16G", "link core:d2 (or conduit duct): 10G of 16G"}, squeezes(b.Demands[0]))
	assert.Empty(t, squeezes(b.Demands[1]))
	assert.Equal(t, "17G", b.Demands[2].Wants.String())
	assert.Equal(t, []string{"link core:d1: 10G of 17G", "link core:d2 (or conduit duct): 10G of 17G"}, squeezes(b.Demands[2]))
	text := bytesOf(t, r)
	assert.Regexp(t, `backup wants 16G\n  alone  link core:d1 +10G of 16G\n`, text)
	assert.Contains(t, text, "small wants 1G\n  nothing takes any of it")
	assert.Contains(t, text, `"wants": 16000000000`)

	r, err = Run(t.Context(), sc.Plant, []*sim.Use{sc.Uses[1]}, Options{Depth: 1})
	require.NoError(t, err)
	assert.Nil(t, r.Bandwidth, "nobody wants anything")
}

func squeezes(q *Squeeze) []string {
	var all []string
	for _, s := range q.Sets {
		all = append(all, fmt.Sprintf("%s: %s of %s", together(s.Fates), s.Left, s.Wants))
	}
	return all
}
