package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestNodesWithAnotherFeedLiveOn(t *testing.T) {
	got, world := play(t, small(), &FeedLoss{Feed: "b"})
	assert.Equal(t, "0s     it begins\n0s     b power off\n", got, "and the loss is proven: no complaint follows")
	assert.Empty(t, world.Wrong())
}

func TestNodesWithoutAnotherFeedDie(t *testing.T) {
	got, _ := play(t, small(), &FeedLoss{Feed: "a"}, lasting(time.Minute))
	assert.Equal(t, `0s     it begins
0s     a power off
0s     hv1 off
0s     hv2 off
1m0s   it ends
1m0s   a power on
1m0s   hv1 forwarding
1m0s   hv2 forwarding
`, got)
}
