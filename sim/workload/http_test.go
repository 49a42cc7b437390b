package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestHTTPIsBackWithTheNextRequest(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		dark  time.Duration
		phase float64
		want  []string
	}{
		"between two requests":  {dark: 900 * time.Millisecond, phase: 0, want: []string{"0s served"}},
		"one is lost":           {dark: 900 * time.Millisecond, phase: 1, want: []string{"0s served", "10s unserved since 10s", "11.9s served"}},
		"six minutes, luckiest": {dark: 360 * s, phase: 0, want: []string{"0s served", "11s unserved since 10s", "6m10s served"}},
		"six minutes, unlucky":  {dark: 360 * s, phase: 1, want: []string{"0s served", "10s unserved since 10s", "6m11s served"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, simtest.Foresee(t, one(t, &HTTP{Ends: between}), c.phase,
				simtest.Change{At: 10 * s}, simtest.Change{At: 10*s + c.dark, Usable: true}))
		})
	}
}

func TestHTTPTolerates(t *testing.T) {
	assert.Equal(t, 10*time.Second, (&HTTP{}).Tolerates())
}

func TestHTTPAnswersHaveASize(t *testing.T) {
	_, err := (&HTTP{Ends: between, Size: -1}).Talks(simtest.TwoCore())
	assert.ErrorContains(t, err, "size is -1")
}

func TestHTTPMeasures(t *testing.T) {
	for name, keep := range map[string]bool{"new connections": false, "kept ones": true} {
		t.Run(name, func(t *testing.T) {
			b := measure(t, &HTTP{Ends: between, Interval: 10 * tick, KeepAlive: keep, Size: 3000})
			b.up()
			b.Cut()
			b.down()
			b.Mend()
			b.up()
			b.to.PowerOff()
			b.down()
			b.to.PowerOn()
			b.up()
			b.from.PowerOff()
			b.down()
			b.from.PowerOn()
			b.up()
		})
	}
}
