package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestControllerFailoverTakesTheControllerAndItsPorts(t *testing.T) {
	got, _ := play(t, simtest.WithArray(), &ControllerFailover{Controller: "array1/b"}, lasting(time.Minute))
	assert.Equal(t, `0s     it begins
0s     array1/b controller off
0s     array1:b/e0 carrier off
0s     core2:e4 carrier off
1m0s   it ends
1m0s   array1/b controller on
1m0s   array1:b/e0 carrier on
1m0s   core2:e4 carrier on
`, got)
}
