package kernel

import (
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheBoxIsEmpty(t *testing.T) {
	require.Equal(t, 1, os.Getpid())
	links, err := net.Interfaces()
	require.NoError(t, err)
	require.Len(t, links, 1, "nothing but the loopback: %v", links)
	procs, err := os.ReadDir("/proc")
	require.NoError(t, err)
	for _, p := range procs {
		if strings.Trim(p.Name(), "0123456789") == "" {
			require.Equal(t, "1", p.Name(), "somebody else's process is seen")
		}
	}
}
