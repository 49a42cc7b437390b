package fault

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

var peer = topology.Target{"peer-link"}

func TestAFlapWithACountEndsByItself(t *testing.T) {
	got, world := play(t, simtest.TwoCore(), &Flap{Target: peer, Down: time.Second, Up: 2 * time.Second, Count: 2})
	assert.Equal(t, `0s     it begins
0s     core1:e31 carrier off
0s     core2:e31 carrier off
1s     core1:e31 carrier on
1s     core2:e31 carrier on
3s     core1:e31 carrier off
3s     core2:e31 carrier off
4s     core1:e31 carrier on
4s     core2:e31 carrier on
4s     it ends
`, got)
	assert.Empty(t, world.Wrong())
}

func TestTheSwitchShutsAPortAfterFiveFlapsInTenSeconds(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &Flap{Target: peer}, lasting(time.Hour))
	assert.Equal(t, 5, strings.Count(got, "core1:e31 carrier off"))
	assert.Contains(t, got, "4.5s   peer-link err-disabled after 5\n")
	assert.NotContains(t, got, "1h0m0s core1:e31 carrier on", "a shut port outlives the flap")
	assert.True(t, strings.HasSuffix(got, "1h0m0s it ends\n"), got)
}

func TestSlowFlapsAreNotCounted(t *testing.T) {
	got, _ := play(t, simtest.TwoCore(), &Flap{Target: peer, Up: 3 * time.Second, Count: 7})
	assert.Equal(t, 7, strings.Count(got, "core1:e31 carrier off"), "five of them take 14 s")
	assert.NotContains(t, got, "err-disabled")
}

func TestHostsDoNotCountFlaps(t *testing.T) {
	p := simtest.TwoCore()
	got, _ := play(t, p, &Flap{Target: topology.Target{"isp:p0"}})
	assert.Equal(t, DefaultFlaps, strings.Count(got, "isp:p0 carrier off"), "no end and no count: the default")
	assert.NotContains(t, got, "err-disabled")
}

func TestJitterIsByTheEntrysOwnDice(t *testing.T) {
	flap := func() *Flap { return &Flap{Target: peer, Count: 3, Jitter: time.Second} }
	first, _ := play(t, simtest.TwoCore(), flap())
	again, _ := play(t, simtest.TwoCore(), flap())
	steady, _ := play(t, simtest.TwoCore(), &Flap{Target: peer, Count: 3})
	assert.Equal(t, first, again)
	assert.NotEqual(t, steady, first)
}
