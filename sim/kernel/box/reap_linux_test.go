package box

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestOrphansAreReapedAndOwnChildrenAreNot(t *testing.T) {
	defer reapOrphans()()
	for range 20 {
		cmd := exec.Command("/bin/sh", "-c", "(sleep 0.02 &) ; exit 7")
		require.NoError(t, StartChild(cmd))
		require.ErrorContains(t, WaitChild(cmd), "exit status 7", "an exit code was stolen")
	}
	require.NoError(t, simtest.Alone())
}
