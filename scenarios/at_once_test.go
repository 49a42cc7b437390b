package scenarios

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
)

// TestRunsAtOnceDoNotTouchEachOther: one scenario may be played many times at once, with different seeds, and every run is
// what it is alone.
func TestRunsAtOnceDoNotTouchEachOther(t *testing.T) {
	for _, name := range []string{"sconet-2023", "night-shift", "flapping-uplink", "core-pair-offset"} {
		sc, err := Load(name, Options{})
		require.NoError(t, err)
		alone, together := make([][]byte, 4), make([][]byte, 4)
		for i := range alone {
			alone[i], err = played(sc, i)
			require.NoError(t, err)
		}
		require.NoError(t, sim.Each(t.Context(), len(together), func(i int) (err error) {
			together[i], err = played(sc, i)
			return err
		}, func(int) {}))
		assert.Equal(t, alone, together, name)
	}
}

// played is the log of a run.
func played(sc *sim.Scenario, seed int) ([]byte, error) {
	one := *sc
	one.Seed = uint64(seed)
	log, err := model.Replay(&one, sim.MiddlePhase)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, e := range log.Events() {
		err = errors.Join(err, sim.WriteEvent(&b, e))
	}
	return b.Bytes(), err
}
