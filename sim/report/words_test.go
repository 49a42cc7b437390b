package report

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestDurationsAreSaidAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                        "0s",
		1500:                                     "2µs",
		2_345_678:                                "2.35ms",
		340 * time.Millisecond:                   "340ms",
		1_234_567_890:                            "1.235s",
		72_345 * time.Millisecond:                "1m12.3s",
		6*time.Minute + 12_304*time.Millisecond:  "6m12.3s",
		6 * time.Minute:                          "6m",
		4 * time.Hour:                            "4h",
		8*time.Hour + 5*time.Minute:              "8h5m",
		9*time.Hour + 59*time.Second + 600000000: "9h1m",
		-90 * time.Second:                        "-1m30s",
		math.MaxInt64:                            "for ever",
	} {
		assert.Equal(t, want, Duration(d))
	}
	assert.Equal(t, "6m12.3s", Clock(6*time.Minute+12_304*time.Millisecond))
	assert.Equal(t, "10m", Clock(10*time.Minute+4*time.Millisecond))
}

func TestNamesAreFolded(t *testing.T) {
	for _, c := range []struct{ names, want []string }{
		{[]string{"hv1", "hv2", "hv3", "hv4"}, []string{"hv[1-4]"}},
		{[]string{"core1", "core2"}, []string{"core1", "core2"}},
		{[]string{"hv4", "core1", "hv2", "hv3", "isp", "hv9"}, []string{"hv[2-4]", "hv9", "core1", "isp"}},
		{[]string{"leaf01", "leaf02", "leaf03"}, []string{"leaf01", "leaf02", "leaf03"}},
		{[]string{"e1/1", "e1/2", "e1/3"}, []string{"e1/[1-3]"}},
		{nil, nil},
	} {
		assert.Equal(t, c.want, Fold(c.names))
	}
	assert.Equal(t, "a, b and 2 more", Few([]string{"a", "b", "c", "d"}, 2))
	assert.Equal(t, "hv[1-9]", Few([]string{"hv1", "hv2", "hv3", "hv4", "hv5", "hv6", "hv7", "hv8", "hv9"}, 2))
	assert.Equal(t, "nothing", And(nil))
	assert.Equal(t, "a, b and c", And([]string{"a", "b", "c"}))
}
