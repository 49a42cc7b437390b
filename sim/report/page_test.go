package report

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
)

// Times of long incidents are wider than those of short ones: all of them end in one column.
func TestMomentsStandInOneColumn(t *testing.T) {
	for long, column := range map[time.Duration]int{6*time.Minute + 5*time.Second: 12, 8*time.Hour + 30*time.Minute + 21500*time.Millisecond: 14} {
		r := &Report{}
		for _, at := range []time.Duration{0, 0, time.Minute, long} {
			r.Moments = append(r.Moments, Told{At: sim.Seconds(at), Moment: Moment{Text: "told"}})
		}
		p := &page{}
		p.moments(r)
		for _, line := range strings.Split(strings.TrimRight(p.String(), "\n"), "\n") {
			assert.Equal(t, column, strings.Index(line, "told"), "%s in %q", long, line)
		}
	}
}
