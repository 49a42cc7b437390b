package fault

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/topology"
)

func TestACrashLoopShorterThanTheBootNeverServesUntilItsLastAttempt(t *testing.T) {
	got, _ := play(t, small(), &CrashLoop{Target: topology.Target{"core1"}, Period: 2 * time.Minute, Attempts: 3})
	assert.Equal(t, 3, strings.Count(got, "core1 off"))
	assert.Equal(t, 1, strings.Count(got, "core1 forwarding"))
	assert.True(t, strings.HasSuffix(got, "10m0s  core1 forwarding\n10m0s  it ends\n"), got)
}

func TestACrashLoopWithAnEndGoesOnUntilThen(t *testing.T) {
	got, _ := play(t, small(), &CrashLoop{Target: topology.Target{"core1"}, Period: 10 * time.Minute}, lasting(time.Hour))
	assert.Equal(t, 6, strings.Count(got, "core1 off"), "at 0, 10 ... 50 minutes, and no more after the end at 60")
}

func TestACrashLoopWithoutEndHasADefault(t *testing.T) {
	got, world := play(t, small(), &CrashLoop{Target: topology.Target{"core1"}})
	assert.Equal(t, DefaultCrashes, strings.Count(got, "core1 off"))
	assert.Empty(t, world.Wrong())
}
