package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTheKernelsTimes(t *testing.T) {
	const ms = time.Millisecond
	assert.Equal(t, []time.Duration{200 * ms, 600 * ms, 1400 * ms, 3000 * ms}, retransmissions[:4])
	assert.Equal(t, 924600*ms, giveUp, "ip-sysctl.rst says so of tcp_retries2 15")
	assert.Len(t, retransmissions, 16)
	syn := backOff(synTimeout, 7)
	assert.Equal(t, 127*time.Second, syn[6], "ip-sysctl.rst says so of tcp_syn_retries 6")
}

func TestResend(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	for name, c := range map[string]struct {
		back, earliest, latest time.Duration
		gone                   bool
	}{
		"soon back":                {back: 50 * ms, earliest: 200 * ms, latest: 420 * ms},
		"between two":              {back: 2 * s, earliest: 3 * s, latest: 3360 * ms},
		"within a window":          {back: 3100 * ms, earliest: 3100 * ms, latest: 6720 * ms},
		"six minutes":              {back: 6 * time.Minute, earliest: 444600 * ms, latest: 467040 * ms},
		"after the last":           {back: 850 * s, earliest: 924600 * ms, latest: 971040 * ms, gone: true},
		"when it is long given up": {back: time.Hour, earliest: time.Hour, latest: time.Hour, gone: true},
	} {
		t.Run(name, func(t *testing.T) {
			earliest, latest, gone := resend(10*s, 100*ms, 10*s+c.back)
			assert.Equal(t, c.earliest, earliest-10*s)
			assert.Equal(t, c.latest, latest-10*s)
			assert.Equal(t, c.gone, gone)
		})
	}
}
