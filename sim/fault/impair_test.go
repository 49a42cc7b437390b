package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func lossy(share yamlfile.Percent) topology.ImpairmentSpec {
	return topology.ImpairmentSpec{Loss: &share}
}

func TestAnImpairedLinkSuffersBothWaysAnEndOneWay(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &Impair{Target: topology.Target{"peer-link"}, ImpairmentSpec: lossy(0.02)})
	assert.Equal(t, `0s     it begins
0s     core1:e31 suffers loss 2%
0s     core2:e31 suffers loss 2%
`, got)
	got, _ = play(t, simtest.TwoCore(), &Impair{Target: topology.Target{"core1:e1"}, ImpairmentSpec: lossy(1)})
	assert.Equal(t, `0s     it begins
0s     core1:e1 suffers loss 100%
`, got)
}

// Two faults on one link come to more than either, and end in any order.
func TestImpairmentsAddUp(t *testing.T) {
	p := simtest.TwoCore()
	p.Link("peer-link").Impairment = topology.Impairment{Delay: time.Millisecond}
	delay := 5 * time.Millisecond
	first := simtest.Entry(t, p, "first", 0, &Impair{Target: topology.Target{"core1:e31"}, ImpairmentSpec: lossy(0.5)})
	first.For = 2 * time.Second
	second := simtest.Entry(t, p, "second", time.Second, &Impair{
		Target: topology.Target{"core1:e31"}, ImpairmentSpec: topology.ImpairmentSpec{Delay: &delay, Loss: lossy(0.5).Loss},
	})
	second.For = 2 * time.Second
	log, world := simtest.Play(t, &sim.Scenario{Plant: p, Timeline: []*sim.Entry{first, second}}, sim.Options{})
	assert.Equal(t, `0s     first begins
0s     core1:e31 suffers delay 1ms, loss 50%
1s     second begins
1s     core1:e31 suffers delay 6ms, loss 75%
2s     first ends
2s     core1:e31 suffers delay 6ms, loss 50%
3s     second ends
3s     core1:e31 suffers delay 1ms
`, simtest.Transcript(log))
	assert.Empty(t, world.Wrong())
}

func TestAnImpairmentMustMakeSense(t *testing.T) {
	d := func(d time.Duration) *time.Duration { return &d }
	share := yamlfile.Percent(0.1)
	for want, spec := range map[string]topology.ImpairmentSpec{
		"says nothing":                   {},
		"delay is -1s":                   {Delay: d(-time.Second)},
		"delay is 1m0s":                  {Delay: d(time.Minute)},
		"jitter is 2ms":                  {Delay: d(time.Millisecond), Jitter: d(2 * time.Millisecond)},
		"reorder needs a delay":          {Reorder: &share},
		"nothing is called \"peerlink\"": {Loss: &share},
	} {
		require.ErrorContains(t, (&Impair{Target: topology.Target{"peerlink"}, ImpairmentSpec: spec}).Resolve(simtest.TwoCore()), want)
	}
}
