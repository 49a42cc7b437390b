package workload

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func TestWhoMindsLosses(t *testing.T) {
	none := yamlfile.Percent(0)
	for _, c := range []struct {
		bears Bears
		share float64
		asked bool
	}{{Bears{}, 0, false}, {Bears{&none}, 0, true}} {
		for _, w := range []sim.LossTolerant{&UDP{Bears: c.bears}, &Reach{Bears: c.bears}} {
			share, asked := w.ToleratesLoss()
			assert.Equal(t, c.asked, asked, "zero is a share, and not nothing")
			assert.InDelta(t, c.share, share, 0)
		}
	}
}
